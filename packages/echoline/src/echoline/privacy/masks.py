"""What stands in the place of a finding: a marker naming its rule, nothing, a keyed hash, or its first letters."""

import hmac
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson
import pyarrow as pa

from echoline.privacy.findings import Finding

_HASH_DIGITS = 12
_SHOWN = 4
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_AROUND_TOKENS = set(' \t\r\n,[]{}:"')
_LAST_SIGNS = {"]", "…"}
_CUT = re.compile(rf"[\w.@+-]{{0,{_SHOWN}}}…", re.ASCII)
_PLAIN = re.compile(r"[^\w.@+-]", re.ASCII)


@dataclass(frozen=True)
class Masks:
    """The mode of each rule by name. `hash_key` keys the hashes: the same secret gives the same hash everywhere."""

    modes: Mapping[str, str]
    hash_key: bytes
    marker: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = "|".join(map(re.escape, self.modes))
        marker = re.compile(rf"\[(?:{names})(?:#[0-9a-f]{{{_HASH_DIGITS}}})?\]")
        object.__setattr__(self, "marker", marker)

    def replacement(self, rule: str, secret: str) -> str:
        """What is written instead. No quote, backslash or blank is in it, so it fits anywhere."""
        mode = self.modes[rule]
        if mode == "mask":
            return f"[{rule}]"
        if mode == "remove":
            return ""
        if mode == "hash":
            return f"[{rule}#{hmac.digest(self.hash_key, secret.encode(), 'sha256').hex()[:_HASH_DIGITS]}]"
        return f"{_PLAIN.split(secret[: min(_SHOWN, len(secret) // 2)], maxsplit=1)[0]}…"

    @property
    def masked(self) -> str:
        """The pattern of a whole value that an earlier redaction left; for RE2."""
        return f"{self.marker.pattern}|{_CUT.pattern}"

    def replacements(self, rule: str, secrets: pa.StringArray) -> list[str]:
        """What is written instead of each."""
        if self.modes[rule] in {"mask", "remove"}:  # whatever the secret is
            return [self.replacement(rule, "")] * len(secrets)
        return [self.replacement(rule, secret) for secret in secrets.to_pylist()]

    def is_masked(self, text: str) -> bool:
        """Whether a whole value is what an earlier redaction left."""
        return text[-1:] in _LAST_SIGNS and bool(self.marker.fullmatch(text) or _CUT.fullmatch(text))

    def unmasked(self, text: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """The findings without those that lie in what an earlier redaction left."""
        if "[" not in text and "…" not in text:
            return findings
        zones = sorted(match.span() for pattern in (self.marker, _CUT) for match in pattern.finditer(text))
        return tuple(each for each in findings if not _hold(zones, each.start, each.end))

    def applied(self, text: str, findings: tuple[Finding, ...]) -> str:
        """The text with every finding replaced. JSON stays JSON: what replaces a bare number or a list is quoted."""
        if findings[0][1:3] == (0, len(text)):
            return self.replacement(findings[0].rule, findings[0].secret)
        strings = [(match.start() + 1, match.end() - 1) for match in _STRING.finditer(text)] if _is_json(text) else None
        shown: list[str] = []
        done = 0
        for each in findings:
            start, end, written = each.start, each.end, self.replacement(each.rule, each.secret)
            if strings is not None and not _hold(strings, start, start):
                start, end, written = *_whole(text, start, end), f'"{written}"'
            if start < done:  # in a bare token that is gone already
                continue
            shown += (text[done:start], written)
            done = end
        return "".join((*shown, text[done:]))


def _hold(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of some spans, in order and apart, holds [start, end)."""
    number = bisect_right(spans, start, key=lambda span: span[0]) - 1
    return number >= 0 and end <= spans[number][1]


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The bare tokens of JSON that [start, end) touches, from the first sign to the last."""
    while start and text[start - 1] not in _AROUND_TOKENS:
        start -= 1
    while end < len(text) and text[end] not in _AROUND_TOKENS:
        end += 1
    return start, end


def _is_json(text: str) -> bool:
    if text[:1] not in {"{", "["}:
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
