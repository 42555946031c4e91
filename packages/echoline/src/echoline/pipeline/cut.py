"""Cuts the rows of a table into inserts that touch a bounded number of partitions each."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Partitions = npt.NDArray[np.int64]
# The engine refuses inserts into more than 100 partitions; a replayed batch may have some more than it had at first.
MAX_PARTITIONS = 50


def boundaries(partitions: Partitions) -> tuple[int, ...]:
    """The last partition of each insert but the last one; nothing when one insert will do."""
    found = np.unique(partitions)
    return tuple(int(each) for each in found[MAX_PARTITIONS - 1 : -1 : MAX_PARTITIONS])


def pieces(table: pa.Table, partitions: Partitions, cut: Sequence[int]) -> Iterator[pa.Table]:
    """The table by the boundaries: one piece more than there are, in their order, some may be empty."""
    if not cut:
        yield table
        return
    numbers: npt.NDArray[Any] = np.searchsorted(np.array(cut), partitions)
    for number in range(len(cut) + 1):
        yield table.filter(pa.array(numbers == number))
