"""What a detector reports: a place in a text, and the rule that wants it gone."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Finding(NamedTuple):
    """Characters [start, end) of a text; `secret` is what they say, decoded when they were encoded.

    A tuple, as thousands are made a second and a frozen dataclass takes three times as long to make.
    """

    rule: str
    start: int
    end: int
    secret: str


def merged(findings: Iterable[Finding], rank: Mapping[str, int]) -> tuple[Finding, ...]:
    """Findings that overlap as one, in order of place; the longest names it, among equals the lowest rank."""
    result: list[Finding] = []
    for each in sorted(findings, key=lambda one: (one.start, -one.end)):
        if result and each.start < result[-1].end:
            last = result[-1]
            name = min((last, each), key=lambda one: (one.start - one.end, rank.get(one.rule, -1)))
            result[-1] = Finding(name.rule, last.start, max(last.end, each.end), name.secret)
        else:
            result.append(each)
    return tuple(result)
