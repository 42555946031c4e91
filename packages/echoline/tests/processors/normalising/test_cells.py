import numpy as np

from echoline.model.batch import Attributes
from echoline.processors.normalising.cells import cells, kept, row_numbers

# Three rows; codes 0 and 1 are of the first wanted name, 2 of the second, 3 of another one.
ATTRIBUTES = Attributes(np.array([0, 3, 3, 5], np.int32), np.array([3, 0, 1, 2, 0], np.int32))
ROLES = np.array([0, 0, 1, -1], np.int32)


def test_a_cell_is_where_the_first_of_a_name_stands() -> None:
    found = cells(ATTRIBUTES, ["a", "b", "c"], ROLES)
    assert set(found.positions) == {"a", "b"}
    assert found.positions["a"].tolist() == [1, -1, 4]
    assert found.code("a").tolist() == [0, -1, 0]
    assert found.code("b").tolist() == [-1, -1, 2]


def test_a_part_of_a_list_has_the_same_cells() -> None:
    found = cells(Attributes(ATTRIBUTES.offsets[1:], ATTRIBUTES.codes), ["a", "b"], ROLES)
    assert found.code("a").tolist() == [-1, 0]


def test_rows_without_attributes_have_no_cells() -> None:
    assert cells(Attributes(np.zeros(3, np.int32), np.empty(0, np.int32)), ["a"], ROLES).positions == {}


def test_what_is_kept_stays_in_its_row() -> None:
    left = kept(ATTRIBUTES, np.array([True, False, True, False, True]))
    assert (left.offsets.tolist(), left.codes.tolist()) == ([0, 2, 2, 3], [3, 1, 0])
    assert row_numbers(left).tolist() == [0, 0, 2]
