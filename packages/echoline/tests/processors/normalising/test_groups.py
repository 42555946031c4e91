import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from echoline.processors.normalising.groups import groups

COLUMN = st.lists(st.integers(-1, 3), min_size=8, max_size=8).map(lambda codes: np.array(codes, np.int32))


@given(st.lists(COLUMN, min_size=1, max_size=4))
def test_equal_rows_have_one_number_and_an_example(columns: list[np.ndarray]) -> None:
    found = groups(*columns)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    assert [rows[found.examples[number]] for number in found.numbers] == rows
    assert len(found) == len(set(rows))


def test_no_rows_have_no_groups() -> None:
    assert len(groups(np.empty(0, np.int32), np.empty(0, np.int32))) == 0
