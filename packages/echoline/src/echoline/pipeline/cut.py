"""Cuts the rows of a table into inserts that touch a bounded number of partitions and of rollup rows each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int64]
# The engine refuses inserts into more than 100 partitions; a replayed batch may have some more than it had at first.
MAX_PARTITIONS = 50
# The views hold a sketch of some 6 KB for each rollup row that an insert makes.
MAX_ROLLUP_ROWS = 30_000
# A partition with more of them is cut between its rollup rows, by these bits of their numbers.
_BITS = 12


@dataclass(frozen=True)
class Places:
    """Where the rows of a table go: by row the number of its partition (less than 2^50), and, for a table with
    rollups, a number that is the same for rows which become one row there (else empty)."""

    partitions: Numbers
    rollup_rows: Numbers

    def finer(self) -> Numbers:
        """By row the place that a cut names. Rows of one rollup row are in one place."""
        shifted = self.partitions << _BITS
        return shifted | self.rollup_rows & ((1 << _BITS) - 1) if len(self.rollup_rows) else shifted


def boundaries(places: Places) -> tuple[int, ...]:
    """The last place of each insert but the last one; nothing when one insert will do."""
    few_partitions = len(np.unique(places.partitions)) <= MAX_PARTITIONS
    if few_partitions and _distinct(places.rollup_rows) <= MAX_ROLLUP_ROWS:
        return ()
    finer = places.finer()
    if len(places.rollup_rows):
        one_each = np.unique(places.rollup_rows, return_index=True)[1]
        found, rollup_rows = np.unique(finer[one_each], return_counts=True)
    else:
        found, rollup_rows = np.unique(finer), np.zeros(0, np.int64)
    return tuple(_full(found, rollup_rows if len(rollup_rows) else np.zeros_like(found)))


def pieces(table: pa.Table, places: Places, cut: Sequence[int]) -> Iterator[pa.Table]:
    """The table by the boundaries: one piece more than there are, in their order, some may be empty."""
    if not cut:
        yield table
        return
    numbers: npt.NDArray[Any] = np.searchsorted(np.array(cut), places.finer())
    for number in range(len(cut) + 1):
        yield table.filter(pa.array(numbers == number))


def _distinct(numbers: Numbers) -> int:
    """How many different ones there are; counting is left out where they are few anyway."""
    return len(np.unique(numbers)) if len(numbers) > MAX_ROLLUP_ROWS else 0


def _full(places: Numbers, rollup_rows: npt.NDArray[Any]) -> Iterator[int]:
    """The places, in their order, after which an insert is full."""
    partitions, rows, last = set[int](), 0, 0
    for place, more in zip(places.tolist(), rollup_rows.tolist(), strict=True):
        partition = place >> _BITS
        is_full = rows + more > MAX_ROLLUP_ROWS or len(partitions | {partition}) > MAX_PARTITIONS
        if partitions and is_full:
            yield last
            partitions, rows = set(), 0
        partitions.add(partition)
        rows, last = rows + more, place
