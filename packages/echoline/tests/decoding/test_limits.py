import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import gauge, log, logs, metrics, point, resource, scope, span, trace
from decoding_checks import decoded, read_alike, rows, texts
from echoline.decoding import limits
from echoline.decoding.limits import repeated, shorten
from echoline.decoding.wire import offsets_of
from odd_wire import attribute, field


def nested(depth: int) -> bytes:
    """The bytes of an AnyValue of arrays in arrays."""
    value = b""
    for level in range(depth):
        value = field(5, field(1, value) if level else b"")
    return value


def test_of_a_repeated_key_the_last_one_stays_at_its_place() -> None:
    found = read_alike("traces", trace(span(attributes=[("a", 1), ("b", 2), ("a", 3), ("c", 4), ("a", "5")])))
    assert rows(found)[0]["attributes"] == [("b", "2", 3), ("c", "4", 3), ("a", "5", 1)]
    assert found.cut == {"duplicate_key": 2}


def test_of_a_repeated_key_in_a_map_the_last_value_stays() -> None:
    made = span(attributes={"m": {"a": 1, "b": 2}})
    made.attributes[0].value.kvlist_value.values.add(key="a").value.int_value = 3
    assert texts(read_alike("traces", trace(made))) == [{"m": '{"a":3,"b":2}'}]


def test_attributes_beyond_the_limit_are_cut_and_counted() -> None:
    many = {f"k{number}": number for number in range(10_000)}
    found = read_alike("traces", trace(span(attributes=many), span("b", attributes={"k1": 1})))
    assert found.cut == {"attribute_count": 9_744}
    assert [len(row["attributes"]) for row in rows(found)] == [256, 1]
    assert list(texts(found)[0]) == list(many)[:256]


def test_the_limit_counts_what_is_left_of_repeated_keys() -> None:
    found = read_alike("traces", trace(span(attributes=[("a", 1), ("a", 2), ("b", 3), ("c", 4)])), max_attributes=2)
    assert texts(found) == [{"a": "2", "b": "3"}]
    assert found.cut == {"duplicate_key": 1, "attribute_count": 1}


def test_the_limits_hold_for_resources_scopes_and_metadata_too() -> None:
    two = {"x": 1, "y": 2}
    body = metrics(gauge("g", point(1, two), metadata=two), resource=resource(two), scope=scope(attributes=two))
    found = read_alike("metrics", body, max_attributes=1)
    assert found.cut == {"attribute_count": 5}


def test_long_values_are_cut_and_counted_by_item() -> None:
    large = "x" * 1_000_000
    found = read_alike("traces", trace(span(attributes={"a": large, "b": "y"}), span("b", attributes={"a": large})))
    assert found.cut == {"value_length": 2}
    assert [len(row["a"]) for row in texts(found)] == [65_536, 65_536]


@pytest.mark.parametrize(("text", "cut"), [("abcdef", "abcd"), ("abcé", "abc"), ("🐎🐎", "🐎"), ("abcd", "abcd")])
def test_a_text_ends_at_a_whole_character(text: str, cut: str) -> None:
    assert texts(read_alike("traces", trace(span(attributes={"a": text})), max_value_bytes=4))[0]["a"] == cut


def test_what_is_left_of_an_array_a_map_or_bytes_is_a_string() -> None:
    found = read_alike(
        "traces", trace(span(attributes={"a": [1, 2, 3], "m": {"k": 1}, "b": b"12345"})), max_value_bytes=5
    )
    assert rows(found)[0]["attributes"] == [("a", "[1,2,", 1), ("m", '{"k":', 1), ("b", "MTIzN", 1)]


def test_names_messages_and_bodies_are_cut_too() -> None:
    spans = trace(span("abcdef", message="abcdef", trace_state="abcdef"), scope=scope("abcdef", "abcdef"))
    assert read_alike("traces", spans, max_value_bytes=5).cut == {"value_length": 5}
    several = logs(log("abcdef", text="abcdef"), log([1, 2, 3]), scope=scope("a"))
    records = read_alike("logs", several, max_value_bytes=5)
    assert records.cut == {"value_length": 3}
    assert [(row["body"], row["body_type"]) for row in rows(records)] == [("abcde", 1), ("[1,2,", 1)]


def test_long_keys_are_cut_and_may_be_equal_then() -> None:
    found = read_alike("traces", trace(span(attributes={"k" * 300: 1, "k" * 400: 2, "k": 3})))
    assert [(key, text) for key, text, _ in rows(found)[0]["attributes"]] == [("k" * 256, "2"), ("k", "3")]
    assert found.cut == {"duplicate_key": 1, "key_length": 1}


def test_what_is_nested_deeper_than_the_limit_is_replaced() -> None:
    found = read_alike("traces", trace(span(attributes={"a": [1, [2, [3]]], "b": [[4]]})), max_depth=2)
    assert texts(found) == [{"a": '[1,[2,"…"]]', "b": "[[4]]"}]
    assert found.cut == {"value_depth": 1}
    assert read_alike("logs", logs(log([[[]]])), max_depth=2).cut == {"value_depth": 1}


@pytest.mark.parametrize("depth", [15, 16, 17, 24, 25, 26, 27, 40, 60, 500])
@pytest.mark.parametrize("max_depth", [16, 1000])
def test_nesting_of_any_depth_costs_only_what_is_too_deep(depth: int, max_depth: int) -> None:
    body = attribute(field(1, b"a") + field(2, nested(depth))) + trace(span())
    found = read_alike("traces", body, max_depth=max_depth)
    kept, is_cut = min(depth, max_depth, 25), depth > min(max_depth, 25)
    assert texts(found) == [{"a": "[" * kept + '"…"' * is_cut + "]" * kept}, {}]
    assert found.cut == ({"value_depth": 1} if is_cut else {})


def test_nul_characters_stay() -> None:
    found = read_alike("traces", trace(span("a\0b", attributes={"k\0": "\0v"})))
    assert rows(found)[0]["name"] == "a\0b"
    assert texts(found) == [{"k\0": "\0v"}]


@given(rows=st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=6), cells=st.sampled_from([1, 10, 1000]))
def test_repeated_keys_are_found_in_pieces_of_any_size(rows: list[list[int]], cells: int) -> None:
    expected = [key in row[place + 1 :] for row in rows for place, key in enumerate(row)]
    offsets = offsets_of(np.array([len(row) for row in rows], np.int32))
    keys = np.array([key for row in rows for key in row], np.int32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "_CELLS", cells)
        assert repeated(offsets, keys, 6).tolist() == expected


@given(texts=st.lists(st.text(max_size=6)), most=st.integers(1, 8))
def test_shortened_texts_are_prefixes_that_fit(texts: list[str], most: int) -> None:
    short, is_long = shorten(pa.array(texts, pa.string()), most)
    for text, cut, was_long in zip(texts, short.to_pylist(), is_long.tolist(), strict=True):
        assert text.startswith(cut)
        assert len(cut.encode()) <= most
        assert was_long == (len(text.encode()) > most)


def test_no_limit_is_met_in_ordinary_telemetry() -> None:
    assert decoded("traces", trace(span(attributes={"a": "b" * 1000}))).cut == {}
