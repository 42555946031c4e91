"""The changes to the attributes of one part, gathered line by line and then made at once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from echoline.conventions.semconv import Join, Output, Rename
from echoline.conventions.values import changed
from echoline.model.batch import Attributes, Int32s, Part, ValueType
from echoline.processors.normalising.cells import NOWHERE, Mask, cells, kept
from echoline.processors.normalising.groups import groups
from echoline.processors.normalising.pools import GrowingPool


class Editing:
    """What a part becomes. Positions are places in its flat list of codes; each is changed at most once."""

    def __init__(
        self, part: Part, pool: GrowingPool, keys: Sequence[str], is_server: Mask | None, is_lossy: bool
    ) -> None:
        self.part, self.pool, self.is_server, self.is_lossy = part, pool, is_server, is_lossy
        self.positions: dict[str, Int32s] = dict(cells(part.attributes, keys, pool.roles(keys)).positions)
        self.codes: Int32s = part.attributes.codes.copy()
        self.is_kept: Mask = np.ones(len(self.codes), np.bool_)
        self.is_original: Mask = np.zeros(len(self.codes), np.bool_)
        # Further attributes and the positions behind which they belong.
        self.added: list[tuple[Int32s, Int32s]] = []

    def rename(self, line: Rename) -> None:
        rows = self.rows_of(line)
        if not len(rows):
            return
        at = self.positions[line.old][rows]
        outputs = line.outputs if self.is_lossy else _lossless(line.outputs)
        is_self = outputs[0].new == line.old
        told = [self.translated(output, at, is_self) for output in outputs]
        free = [
            (codes >= 0) & ((output.new == line.old) | ~self.taken(output.new)[rows])
            for output, codes in zip(outputs, told, strict=True)
        ]
        is_told_anyway = told[0] >= 0
        if not self.is_lossy:
            settled = [
                is_free | (codes < 0) | self.is_there_already(output.new, rows, codes)
                for output, codes, is_free in zip(outputs, told, free, strict=True)
            ]
            is_told_anyway &= np.all(settled, axis=0)
            free = [is_free & is_told_anyway for is_free in free]
        self.place(outputs, rows, at, told, free)
        if line.is_last and not is_self:
            self.drop(at[is_told_anyway & ~np.any(free, axis=0)])

    def join(self, line: Join) -> None:
        """Writes both into the place of the second; the first one leaves."""
        rows = self.rows_of(Rename(line.second, ()))
        first = self.positions.get(line.first, np.full(len(self.part), NOWHERE, np.int32))
        if line.is_first_needed:
            rows = rows[first[rows] != NOWHERE]
        if not len(rows):
            return
        first_at, second_at = first[rows], self.positions[line.second][rows]
        is_taken = self.taken(line.new)[rows] & (line.new != line.second)
        if self.is_lossy:
            self.drop(second_at[is_taken])
            self.drop(first_at[is_taken & (first_at != NOWHERE)])
        codes = self.joined(line, np.where(first_at == NOWHERE, -1, self.codes[first_at]), self.codes[second_at])
        is_free = (codes >= 0) & ~is_taken
        self.place((Output(line.new),), rows, second_at, [codes], [is_free])
        self.drop(first_at[is_free & (first_at != NOWHERE)])

    def joined(self, line: Join, first: Int32s, second: Int32s) -> Int32s:
        """For each pair of codes that of the new attribute, -1 unless both are texts."""
        pairs = groups(first, second)
        before, some = self.pool.before, pairs.examples
        is_text = (before.types[second[some]] == ValueType.STRING) & (
            (first[some] < 0) | (before.types[first[some]] == ValueType.STRING)
        )
        firsts = before.values.take(pa.array(np.where(first[some] < 0, 0, first[some]))).to_pylist()
        seconds = before.values.take(pa.array(second[some])).to_pylist()
        spelled = [
            line.spell(left if code >= 0 else "", right)
            for left, right, code in zip(firsts, seconds, first[some].tolist(), strict=True)
        ]
        codes = self.pool.add(line.new, pa.array(spelled, pa.string()), np.full(len(some), ValueType.STRING, np.uint8))
        return np.where(is_text, codes, np.int32(-1))[pairs.numbers]

    def rows_of(self, line: Rename) -> Int32s:
        """Rows of the line's side whose old attribute is still there."""
        at = self.positions.get(line.old)
        if at is None or (line.side is not None and self.is_server is None):
            return np.empty(0, np.int32)
        is_there = at != NOWHERE
        if line.side is not None and self.is_server is not None:
            is_there &= self.is_server if line.side == "server" else ~self.is_server
        rows: Int32s = np.flatnonzero(is_there).astype(np.int32)
        return rows[~self.is_original[at[rows]]]

    def translated(self, output: Output, at: Int32s, is_self: bool) -> Int32s:
        """For each position the code of the new attribute, -1 where the old value has none."""
        before, old = self.pool.before, self.codes[at]
        is_used = np.zeros(len(before), np.bool_)
        is_used[old] = True
        distinct = np.flatnonzero(is_used)
        texts, types = before.values.take(pa.array(distinct)), before.types[distinct]
        new = changed(output.change, texts, types)
        is_told = new.is_told
        if is_self:
            is_told = is_told & (pc.not_equal(new.texts, texts).to_numpy(zero_copy_only=False) | (new.types != types))
        lookup = np.full(len(before), -1, np.int32)
        if is_told.any():
            codes = self.pool.add(output.new, new.texts.filter(pa.array(is_told)), new.types[is_told])
            lookup[distinct[is_told]] = codes
        return lookup[old]

    def taken(self, key: str) -> Mask:
        at = self.positions.get(key)
        return np.zeros(len(self.part), np.bool_) if at is None else at != NOWHERE

    def is_there_already(self, key: str, rows: Int32s, codes: Int32s) -> Mask:
        """Where a row's present attribute of that name says what some code says too."""
        if key not in self.positions or not len(rows):
            return np.zeros(len(rows), np.bool_)
        at = self.positions[key][rows]
        present = self.codes[at]
        pool = self.pool.pool()
        is_same = pc.equal(pool.values.take(pa.array(present)), pool.values.take(pa.array(np.maximum(codes, 0))))
        is_alike = is_same.to_numpy(zero_copy_only=False) & (pool.types[present] == pool.types[codes])
        there: Mask = is_alike & (at != NOWHERE) & (codes >= 0)
        return there

    def place(
        self, outputs: Sequence[Output], rows: Int32s, at: Int32s, told: Sequence[Int32s], free: Sequence[Mask]
    ) -> None:
        """The first output that is free takes the old one's place, the others come behind it."""
        is_placed = np.zeros(len(rows), np.bool_)
        for output, codes, is_free in zip(outputs, told, free, strict=True):
            in_place, behind = is_free & ~is_placed, is_free & is_placed
            self.is_original[at[in_place]] = True
            self.codes[at[in_place]] = codes[in_place]
            if behind.any():
                self.added.append((at[behind], codes[behind]))
            if output.new not in self.positions:
                self.positions[output.new] = np.full(len(self.part), NOWHERE, np.int32)
            self.positions[output.new][rows[is_free]] = at[is_free]
            is_placed |= is_free

    def drop(self, at: Int32s) -> None:
        self.is_original[at] = True
        self.is_kept[at] = False

    def done(self) -> Part:
        if not self.is_original.any():
            return self.part
        sent = self.part.attributes
        edited = kept(Attributes(sent.offsets, self.codes), self.is_kept)
        if self.added:
            edited = self.with_added(edited)
        return replace(self.part, attributes=edited, originals=kept(sent, self.is_original))

    def with_added(self, edited: Attributes) -> Attributes:
        offsets = self.part.attributes.offsets
        at = np.concatenate([places for places, _ in self.added])
        codes = np.concatenate([new for _, new in self.added])
        order = np.argsort(at, kind="stable")
        at, codes = at[order], codes[order]
        behind = np.cumsum(self.is_kept, dtype=np.int32)
        behind -= np.int32(behind[offsets[0]] - self.is_kept[offsets[0]])
        rows = np.searchsorted(offsets, at, side="right") - 1
        more = np.zeros(len(offsets), np.int32)
        np.cumsum(np.bincount(rows, minlength=len(offsets) - 1), out=more[1:])
        return Attributes(edited.offsets + more, np.insert(edited.codes, behind[at], codes))


def _lossless(outputs: tuple[Output, ...]) -> tuple[Output, ...]:
    """A host keeps its port: without it `h:80` could not be told from `h` at port 80."""
    return (Output(outputs[0].new),) if outputs[0].change == "host" else outputs
