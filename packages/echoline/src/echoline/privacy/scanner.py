"""Scans columns of texts: a few cheap sweeps over all of them, and a close look at the few that may hold something."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from echoline.privacy.detectors import Detector
from echoline.privacy.findings import Finding, merged
from echoline.privacy.layers import LAYER_HINT, LAYERS, View
from echoline.privacy.ruleset import Ruleset

# A value in a MAP is a layer by itself, bytes in it another: two more than the two that a program may add.
_MAX_LAYERS = 4
# What one text may unfold to; JSON in JSON in JSON needs three.
_MAX_VIEWS = 40

Findings = tuple[Finding, ...]
_FIELDS = len(Finding._fields)
_NO_ROWS = np.zeros(0, np.int64)
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Memory:
    """Texts that were looked at closely, with what was found: most come again in the next batch.

    Findings are kept as one flat tuple a text: the garbage collector does not walk tuples of texts and numbers, and
    walking this whole memory now and then would cost as much as redaction itself.
    """

    max_texts: int = 50_000
    max_letters: int = 16_000_000
    known: dict[str, tuple[str | int, ...]] = field(default_factory=dict)
    letters: list[int] = field(default_factory=lambda: [0])

    def keep(self, texts: Sequence[str], findings: Sequence[Findings]) -> None:
        """Keeps some more; over a bound everything is forgotten first, which costs one close look each."""
        letters = sum(map(len, texts))
        if len(self.known) + len(texts) > self.max_texts or self.letters[0] + letters > self.max_letters:
            self.known.clear()
            self.letters[0] = 0
        if len(texts) <= self.max_texts and letters <= self.max_letters:
            self.known.update((text, tuple(chain(*found))) for text, found in zip(texts, findings, strict=True))
            self.letters[0] += letters

    def recall(self, text: str) -> Findings | None:
        """What was found in a text, or None if it is not remembered."""
        flat: Any = self.known.get(text)
        if flat is None:
            return None
        if len(flat) == _FIELDS:
            return (Finding(*flat),)
        return tuple(Finding(*flat[place : place + _FIELDS]) for place in range(0, len(flat), _FIELDS))


@dataclass(frozen=True)
class Scan:
    """What was found in a column: findings by row, ascending, and by kind the rows that are as a whole one of it."""

    found: Mapping[int, Findings]
    wholes: Mapping[str, Rows]

    @cached_property
    def _rows(self) -> Rows:
        return np.fromiter(self.found, np.int64, len(self.found))

    def among(self, start: int, stop: int) -> "Scan":
        """What was found in rows [start, stop), counted from there."""
        first, behind = np.searchsorted(self._rows, (start, stop)).tolist()
        found = {row - start: self.found[row] for row in self._rows[first:behind].tolist()}
        wholes = {kind: rows[(rows >= start) & (rows < stop)] - start for kind, rows in self.wholes.items()}
        return Scan(found, wholes)

    def at(self, rows: Rows) -> "Scan":
        """The same for a column in which these texts stand in `rows`, ascending."""
        found = dict(zip(rows[self._rows].tolist(), self.found.values(), strict=True))
        return Scan(found, {kind: rows[each] for kind, each in self.wholes.items()})

    def findings(self, texts: pa.StringArray) -> dict[int, Findings]:
        """All of it as findings by row, in these texts."""
        whole = ((row, kind, texts[row].as_py()) for kind, rows in self.wholes.items() for row in rows.tolist())
        return {**self.found, **{row: (Finding(kind, 0, len(text), text),) for row, kind, text in whole}}


@dataclass(frozen=True)
class _Sweep:
    """One pass over a column, and the detectors that it is for."""

    pattern: str
    detectors: tuple[Detector, ...]
    is_own: bool

    @classmethod
    def of(cls, name: str, detectors: Sequence[Detector]) -> "_Sweep":
        hints = [*(detector.hint for detector in detectors), *([LAYER_HINT] if name == "words" else ())]
        return cls("|".join(f"(?:{hint})" for hint in hints), tuple(detectors), name.startswith("own"))


@dataclass(frozen=True)
class Scanner:
    """Finds what the rules want gone. It remembers, but what it answers depends on the text alone."""

    rules: Ruleset
    memory: Memory = field(default_factory=Memory, repr=False, compare=False)

    @cached_property
    def _sweeps(self) -> tuple[_Sweep, ...]:
        """Patterns that together match every text with something in it; the user's each by itself."""
        together: dict[str, list[Detector]] = {"words": []}
        for number, detector in enumerate(self.rules.detectors):
            name = detector.sweep if detector.sweep != "own" else f"own {number}"
            together.setdefault(name, []).append(detector)
        return tuple(_Sweep.of(name, detectors) for name, detectors in together.items())

    def scan(self, texts: pa.StringArray) -> Scan:
        """What is found in texts; nulls hold nothing."""
        swept = [(sweep, _rows(texts, sweep.pattern)) for sweep in self._sweeps]
        rows = np.unique(np.concatenate([each for _, each in swept]))
        ours = ~np.isin(rows, np.concatenate([_NO_ROWS, *(each for sweep, each in swept if sweep.is_own)]))
        column = texts.take(pa.array(rows))
        wholes, rest = {}, np.ones(len(rows), bool)
        for kind, pattern in self.rules.wholes.items():
            matching = np.intersect1d(_rows(column, pattern), np.flatnonzero(ours))
            wholes[kind], rest[matching] = rows[matching], False
        found = self._looked(column.filter(pa.array(rest)).to_pylist())
        return Scan({row: one for row, one in zip(rows[rest].tolist(), found, strict=True) if one}, wholes)

    def _looked(self, texts: Sequence[str]) -> list[Findings]:
        """The findings in each text, remembered or looked for."""
        looked = {text: found for text in texts if (found := self.memory.recall(text)) is not None}
        if fresh := list(dict.fromkeys(text for text in texts if text not in looked)):
            examined = self._examine(fresh)
            looked.update(zip(fresh, examined, strict=True))
            self.memory.keep(fresh, examined)
        return [looked[text] for text in texts]

    def _examine(self, texts: Sequence[str]) -> list[Findings]:
        """A close look at each text and at the layers below it."""
        found: dict[int, list[Finding]] = {}
        unfolded: dict[int, set[str]] = {}
        owners: Sequence[int] = range(len(texts))
        views = [View(text) for text in texts]
        for depth in range(_MAX_LAYERS + 1):
            column = pa.array([view.text for view in views], pa.string())
            for detector, rows in self._hinted(column):
                for row in rows.tolist():
                    if findings := self._in_root(detector.find(views[row].text), views[row]):
                        found.setdefault(owners[row], []).extend(findings)
            deeper = list(_below(views, column, owners, unfolded)) if depth < _MAX_LAYERS else []
            if not deeper:
                break
            owners, views = [owner for owner, _ in deeper], [view for _, view in deeper]
        return [self._settled(text, found[number]) if number in found else () for number, text in enumerate(texts)]

    def _hinted(self, column: pa.StringArray) -> Iterator[tuple[Detector, Rows]]:
        """Each detector with the rows in which it may find something."""
        for sweep in self._sweeps:
            rows = _rows(column, sweep.pattern)
            if len(rows):
                swept = column.take(pa.array(rows))
                yield from ((detector, rows[_rows(swept, detector.hint)]) for detector in sweep.detectors)

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


def _below(
    views: Sequence[View], column: pa.StringArray, owners: Sequence[int], unfolded: dict[int, set[str]]
) -> Iterator[tuple[int, View]]:
    """The views one layer down with their owners, each text once and never more of one owner than the bound."""
    layered = _rows(column, LAYER_HINT)
    column = column.take(pa.array(layered))
    for layer in LAYERS:
        for row in layered[_rows(column, layer.hint)].tolist():
            seen = unfolded.setdefault(owners[row], {views[row].text})
            shown = views[row].below(layer)
            if shown.text not in seen and len(seen) < _MAX_VIEWS:
                seen.add(shown.text)
                yield owners[row], shown
