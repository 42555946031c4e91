"""Redacts one value: what its key says, what was found in it, and the type it has afterwards."""

from typing import NamedTuple

import orjson

from echoline.model.batch import ValueType
from echoline.privacy.findings import Finding
from echoline.privacy.placeholders import is_no_value
from echoline.privacy.ruleset import KeyClass, Ruleset

NO_KEY = KeyClass(None, frozenset())


class Redacted(NamedTuple):
    """A text after redaction and what was done, by characters of the text before. No findings: it is unchanged."""

    text: str
    findings: tuple[Finding, ...]


def redacted(rules: Ruleset, key: KeyClass, text: str, findings: tuple[Finding, ...]) -> Redacted:
    """The text without what the rules want gone: all of it for a secret key, else what was found in it."""
    if key.rule is not None:
        if is_no_value(text) or rules.masks.is_masked(text):
            return Redacted(text, ())
        whole = Finding(key.rule, 0, len(text), text)
        return Redacted(rules.masks.replacement(key.rule, text), (whole,))
    if key.exempt:
        findings = tuple(each for each in findings if each.rule not in key.exempt)
    return Redacted(rules.masks.applied(text, findings) if findings else text, findings)


def type_after(before: int, text: str) -> int:
    """The ValueType of a value that was redacted: arrays and maps stay what they are while they are JSON."""
    if before in {ValueType.ARRAY, ValueType.MAP}:
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError:
            return ValueType.STRING
        return before
    return ValueType.STRING
