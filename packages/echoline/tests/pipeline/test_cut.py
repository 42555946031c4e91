import numpy as np
import pyarrow as pa
import pytest

from echoline.pipeline.cut import boundaries, pieces


@pytest.mark.parametrize(("partitions", "inserts"), [(0, 1), (1, 1), (50, 1), (51, 2), (100, 2), (101, 3)])
def test_no_insert_touches_more_than_fifty_partitions(partitions: int, inserts: int) -> None:
    days = np.repeat(np.random.default_rng(1).permutation(partitions), 2).astype(np.int64)
    made = list(pieces(pa.table({"day": days}), days, boundaries(days)))
    assert len(made) == inserts
    assert all(len(piece.column("day").unique()) <= 50 for piece in made)
    assert sorted(day for piece in made for day in piece.column("day").to_pylist()) == sorted(days)


def test_a_recorded_cut_takes_rows_of_other_partitions_too() -> None:
    days = np.array([1, 5, 9], np.int64)
    assert [piece.num_rows for piece in pieces(pa.table({"day": days}), days, (4,))] == [1, 2]
