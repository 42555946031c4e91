import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from echoline.pipeline.cut import Places, boundaries, pieces


def places(partitions: list[int] | npt.NDArray[np.int64], rollup_rows: npt.NDArray[np.int64] | None = None) -> Places:
    return Places(np.array(partitions, np.int64), np.zeros(0, np.int64) if rollup_rows is None else rollup_rows)


@pytest.mark.parametrize(("partitions", "inserts"), [(0, 1), (1, 1), (50, 1), (51, 2), (100, 2), (101, 3)])
def test_no_insert_touches_more_than_fifty_partitions(partitions: int, inserts: int) -> None:
    days = np.repeat(np.random.default_rng(1).permutation(partitions), 2).astype(np.int64)
    made = list(pieces(pa.table({"day": days}), places(days), boundaries(places(days))))
    assert len(made) == inserts
    assert all(len(piece.column("day").unique()) <= 50 for piece in made)
    assert sorted(day for piece in made for day in piece.column("day").to_pylist()) == sorted(days)


def test_no_insert_makes_too_many_rollup_rows() -> None:
    """As in a backfill, where nearly each span is the only one of its minute and operation."""
    chance = np.random.default_rng(1)
    rollup_rows = chance.integers(0, 2**63, 100_000, np.int64).repeat(2)
    days = chance.integers(0, 2, 100_000).repeat(2)
    at = places(days, rollup_rows)
    made = list(pieces(pa.table({"row": rollup_rows}), at, boundaries(at)))
    distinct = [len(piece.column("row").unique()) for piece in made]
    assert len(made) >= 4
    assert max(distinct) <= 30_000
    assert sum(distinct) == 100_000, "the rows of one rollup row lie in one insert"
    assert sum(piece.num_rows for piece in made) == 200_000


def test_many_rows_of_few_rollup_rows_are_one_insert() -> None:
    at = places(np.zeros(120_000, np.int64), np.arange(120_000) % 1_000)
    assert boundaries(at) == ()


def test_a_recorded_cut_takes_rows_of_other_partitions_too() -> None:
    days = [1, 5, 9]
    cut = (int(places([4]).finer()[0]),)
    assert [piece.num_rows for piece in pieces(pa.table({"day": days}), places(days), cut)] == [1, 2]
