"""Scans columns of texts: a few cheap sweeps over all of them, and a close look at the few that may hold something."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from echoline.privacy.findings import Finding, merged
from echoline.privacy.layers import BASE64_HINT, JSON_HINT, PERCENT_HINT, View, below
from echoline.privacy.ruleset import Ruleset

# A value in a MAP is a layer by itself, bytes in it another: two more than the two that a program may add.
_MAX_LAYERS = 4
# What one text may unfold to; JSON in JSON in JSON needs three.
_MAX_VIEWS = 40
_LAYER_HINT = f"{JSON_HINT}|{PERCENT_HINT}|{BASE64_HINT}"

Findings = tuple[Finding, ...]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Memory:
    """Texts that were looked at closely, with what was found: most come again in the next batch."""

    max_texts: int = 50_000
    max_letters: int = 16_000_000
    known: dict[str, Findings] = field(default_factory=dict)
    letters: list[int] = field(default_factory=lambda: [0])

    def keep(self, texts: Sequence[str], findings: Sequence[Findings]) -> None:
        """Keeps some more; over a bound everything is forgotten first, which costs one close look each."""
        letters = sum(map(len, texts))
        if len(self.known) + len(texts) > self.max_texts or self.letters[0] + letters > self.max_letters:
            self.known.clear()
            self.letters[0] = 0
        if len(texts) <= self.max_texts and letters <= self.max_letters:
            self.known.update(zip(texts, findings, strict=True))
            self.letters[0] += letters


@dataclass(frozen=True)
class Scanner:
    """Finds what the rules want gone. It remembers, but what it answers depends on the text alone."""

    rules: Ruleset
    memory: Memory = field(default_factory=Memory, repr=False, compare=False)

    @cached_property
    def _sweeps(self) -> tuple[str, ...]:
        """Patterns that together match every text with something in it; the user's each by itself."""
        sweeps = {"words": [_LAYER_HINT]}
        for number, detector in enumerate(self.rules.detectors):
            name = detector.sweep if detector.sweep != "own" else f"own {number}"
            sweeps.setdefault(name, []).append(detector.hint)
        return tuple("|".join(f"(?:{hint})" for hint in hints) for hints in sweeps.values())

    def scan(self, texts: pa.StringArray) -> dict[int, Findings]:
        """What is found, by row; rows without findings are left out. Nulls hold nothing."""
        rows = np.unique(np.concatenate([_rows(texts, sweep) for sweep in self._sweeps]))
        candidates: list[str] = texts.take(pa.array(rows)).to_pylist()
        known = self.memory.known
        looked = {text: known[text] for text in candidates if text in known}
        if fresh := list(dict.fromkeys(text for text in candidates if text not in looked)):
            examined = self._examine(fresh)
            looked.update(zip(fresh, examined, strict=True))
            self.memory.keep(fresh, examined)
        return {row: found for row, text in zip(rows.tolist(), candidates, strict=True) if (found := looked[text])}

    def _examine(self, texts: Sequence[str]) -> list[Findings]:
        """A close look at each text and at the layers below it."""
        found: dict[int, list[Finding]] = {}
        unfolded: dict[int, set[str]] = {}
        owners: Sequence[int] = range(len(texts))
        views = [View(text) for text in texts]
        for layer in range(_MAX_LAYERS + 1):
            column = pa.array([view.text for view in views], pa.string())
            for detector in self.rules.detectors:
                for row in _rows(column, detector.hint).tolist():
                    if findings := self._in_root(detector.find(views[row].text), views[row]):
                        found.setdefault(owners[row], []).extend(findings)
            layered = _rows(column, _LAYER_HINT).tolist() if layer < _MAX_LAYERS else []
            deeper = [(owners[row], view) for row in layered for view in _below(views[row], unfolded, owners[row])]
            if not deeper:
                break
            owners, views = [owner for owner, _ in deeper], [view for _, view in deeper]
        return [self._settled(text, found[number]) if number in found else () for number, text in enumerate(texts)]

    def _in_root(self, findings: Iterator[Finding], view: View) -> list[Finding]:
        """The findings of kinds that are on, where they stand in the text as it was."""
        kept = [each for each in findings if each.rule in self.rules.kinds]
        if view.parent is None:
            return kept
        return [Finding(each.rule, *view.span_in_root(each.start, each.end), each.secret) for each in kept]

    def _settled(self, text: str, findings: list[Finding]) -> Findings:
        one = (findings[0],) if len(findings) == 1 else merged(findings, self.rules.rank)
        return self.rules.masks.unmasked(text, one)


def _rows(column: pa.StringArray, pattern: str) -> Rows:
    matches = pc.fill_null(pc.match_substring_regex(column, pattern), False)
    return np.flatnonzero(matches.to_numpy(zero_copy_only=False))


def _below(view: View, unfolded: dict[int, set[str]], owner: int) -> Iterator[View]:
    """The views one layer down, each text once and never more of one owner than the bound."""
    seen = unfolded.setdefault(owner, set())
    for shown in below(view):
        if shown.text not in seen and len(seen) < _MAX_VIEWS:
            seen.add(shown.text)
            yield shown
