import numpy as np
import pyarrow as pa

from batches import batch, span
from echoline.model.batch import STRING
from echoline.stores.identity import id_of, ids_of_attributes, ids_of_strings, mixed


def attribute_ids(*rows: dict[str, object]) -> list[int]:
    made = batch("traces", *(span(f"op {number}", attributes=row) for number, row in enumerate(rows)))
    ids: list[int] = ids_of_attributes(made.parts["rows"].attributes, made.pool).tolist()
    return ids


def test_parts_cannot_be_moved_across_their_border() -> None:
    assert len({id_of(each) for each in (("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ())}) == 5


def test_the_order_of_attributes_does_not_count_but_all_else_does() -> None:
    first, second, *others = attribute_ids(
        {"a": "1", "b": "2"}, {"b": "2", "a": "1"}, {"a": 1, "b": "2"}, {"a": "1"}, {}
    )
    assert first == second
    assert len({first, *others}) == 4


def test_an_id_does_not_depend_on_the_rest_of_the_batch() -> None:
    assert attribute_ids({"x": "9"}, {"a": "1"})[1] == attribute_ids({"a": "1"})[0]


def test_equal_strings_have_equal_ids_whatever_their_dictionary() -> None:
    column = pa.array(["a", "b", "a"], pa.string()).cast(STRING)
    other = pa.DictionaryArray.from_arrays(pa.array([1], pa.int32()), ["unused", "a"])
    assert ids_of_strings(column).tolist() == [id_of(("a",)), id_of(("b",)), id_of(("a",))]
    assert ids_of_strings(other).tolist() == [id_of(("a",))]


def test_what_is_mixed_keeps_its_order() -> None:
    some, others = np.array([1, 2], np.uint64), np.array([2, 1], np.uint64)
    assert len(set(mixed(some, others).tolist()) | set(mixed(some, 7).tolist())) == 4
    assert mixed(np.zeros(0, np.uint64), 7).tolist() == []
