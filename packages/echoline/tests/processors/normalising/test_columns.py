import numpy as np
import pyarrow as pa

from echoline.processors.normalising.columns import dictionary, distinct, strings, with_columns

VALUES = pa.array(["a", "b", "c"])


def codes(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int32)


def test_distinct_codes_are_in_order() -> None:
    found, places = distinct(codes(2, -1, 0, 2), 3)
    assert (found.tolist(), places.tolist()) == ([0, 2], [1, -1, 0, 1])


def test_a_column_holds_what_occurs() -> None:
    column = strings(codes(2, -1, 0, 2), VALUES)
    assert column.to_pylist() == ["c", "", "a", "c"]
    assert column.dictionary.to_pylist() == ["", "a", "c"]
    assert strings(codes(), VALUES).to_pylist() == []


def test_a_column_of_several_chunks_is_one() -> None:
    chunks = pa.chunked_array([pa.array(["a", "b"]).dictionary_encode(), pa.array(["b", "c"]).dictionary_encode()])
    numbers, texts = dictionary(chunks)
    assert texts.take(pa.array(numbers)).to_pylist() == ["a", "b", "b", "c"]
    assert len(dictionary(pa.chunked_array([], chunks.type))[0]) == 0


def test_columns_come_behind_in_the_order_of_the_schema() -> None:
    table = with_columns(
        pa.table({"x": [1]}),
        {"b": pa.array([2]), "a": pa.array(["q"])},
        pa.schema([("a", pa.string()), ("b", pa.int64())]),
    )
    assert table.to_pydict() == {"x": [1], "a": ["q"], "b": [2]}
