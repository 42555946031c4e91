"""The rules in force: built-in kinds that are on, and the user's own, checked when they are read."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Protocol

import re2

from echoline.config import RedactionConfig, RedactionRule
from echoline.errors import BadConfig
from echoline.privacy.detectors import BUILT_IN, KINDS, WHOLE, Detector
from echoline.privacy.findings import Finding
from echoline.privacy.key_names import exempt_kinds, secret_kind
from echoline.privacy.masks import Masks

# Half of what the sweep over columns has, which puts patterns together: what is accepted here never fails there.
_MAX_PATTERN_BYTES = 4 << 20
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


class Pattern(Protocol):
    """A compiled RE2 pattern, as far as it is used here."""

    def finditer(self, text: str) -> "Iterable[re.Match[str]]": ...
    def search(self, text: str) -> "re.Match[str] | None": ...


@dataclass(frozen=True)
class KeyClass:
    """What the name of an attribute says: the rule that takes its whole value, and kinds that do not apply to it."""

    rule: str | None
    exempt: frozenset[str]


@dataclass(frozen=True)
class Ruleset:
    """Everything that decides what is redacted and how; built by `ruleset`."""

    detectors: tuple[Detector, ...]
    keys: tuple[tuple[str, Pattern], ...]
    kinds: frozenset[str]
    masks: Masks

    @cached_property
    def wholes(self) -> dict[str, str]:
        """Patterns of texts that are nothing but one finding, by kind, unless a pattern of the user matches too."""
        return {kind: pattern for kind, pattern in WHOLE.items() if kind in self.kinds}

    @cached_property
    def rank(self) -> dict[str, int]:
        """Which of two findings of one length names both: the user's rules before ours."""
        return {kind: number for number, kind in enumerate(KINDS)}

    @cached_property
    def _classes(self) -> dict[str, KeyClass]:
        return {}

    def key_class(self, key: str) -> KeyClass:
        """What the rules say about attributes of this name."""
        known = self._classes.get(key)
        if known is None:
            if len(self._classes) > 10_000:
                self._classes.clear()
            known = self._classes[key] = KeyClass(self._key_rule(key), exempt_kinds(key))
        return known

    def _key_rule(self, key: str) -> str | None:
        for name, pattern in self.keys:
            if pattern.search(key):
                return name
        kind = secret_kind(key)
        return kind if kind in self.kinds else None


def ruleset(config: RedactionConfig, hash_key: bytes) -> Ruleset:
    """The rules of the settings.

    Raises BadConfig for an unknown kind, a name that is taken or unfit, a pattern that RE2 refuses (with its place), a
    rule that says nothing, and a hash without key.
    """
    for number, kind in enumerate(config.off):
        if kind not in KINDS:
            raise BadConfig(f"setting 'redaction.off'[{number}] = {kind!r}: allowed is {', '.join(KINDS)}")
    kinds = frozenset(KINDS) - set(config.off)
    _check_rules(config.rules)
    modes = {rule.name: rule.mode for rule in config.rules} | dict.fromkeys(KINDS, config.mode)
    if "hash" in modes.values() and not hash_key:
        raise BadConfig("setting 'redaction.mode' = 'hash' needs the key that the data directory keeps; none was given")
    built_in = [detector for detector in BUILT_IN if kinds.intersection(detector.kinds)]
    own = [
        Detector((rule.name,), "own", rule.pattern, partial(_find_own, rule.name, compiled(rule, "pattern")))
        for rule in config.rules
        if rule.pattern
    ]
    keys = tuple((rule.name, compiled(rule, "key")) for rule in config.rules if rule.key)
    return Ruleset((*built_in, *own), keys, kinds | {rule.name for rule in config.rules}, Masks(modes, hash_key))


def compiled(rule: RedactionRule, field: str) -> Pattern:
    """The RE2 pattern in one field of a rule. Raises BadConfig naming rule, pattern and the place of the error."""
    text: str = getattr(rule, field)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_PATTERN_BYTES
    try:
        pattern: Pattern = re2.compile(text, options=options)
    except re2.error as error:
        words = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        fragment = words.rpartition(": ")[2]
        place = max(text.find(fragment), 0) if fragment else 0
        raise BadConfig(
            f"redaction rule {rule.name!r}: {field} {text!r} is no RE2 pattern at position {place}: {words}"
        ) from error
    return pattern


def _check_rules(rules: Iterable[RedactionRule]) -> None:
    taken = set(KINDS)
    for rule in rules:
        if not _NAME.fullmatch(rule.name):
            raise BadConfig(f"redaction rule {rule.name!r}: a name is a letter, then at most 63 of a-z, A-Z, 0-9, - _")
        if rule.name in taken:
            raise BadConfig(f"redaction rule {rule.name!r}: the name is taken by another rule or a built-in kind")
        if not rule.pattern and not rule.key:
            raise BadConfig(f"redaction rule {rule.name!r}: it needs a pattern or a key")
        taken.add(rule.name)


def _find_own(name: str, pattern: Pattern, text: str) -> Iterator[Finding]:
    for match in pattern.finditer(text):
        if match[0]:
            yield Finding(name, match.start(), match.end(), match[0])
