import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoding_checks import LIMITS, decoded, rows, texts
from echoline.decoding.json_repair import repaired_json


def one_span(name: bytes = b"x", value: bytes = b"{}") -> bytes:
    return (
        b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%s","spanId":"%s","name":"%s","attributes":'
        b'[{"key":"k","value":%s}]}]}]}]}' % (b"ab" * 16, b"cd" * 8, name, value)
    )


@pytest.mark.parametrize(
    ("name", "mended"),
    [
        (b"\xff", "\ufffd"),
        (b"caf\xc3", "caf\ufffd"),
        (b"\\ud800", "\ufffd"),
        (b"\\udc00 \\\\ud800", "\ufffd \\ud800"),
        (b'\\"\xff\\"', '"\ufffd"'),
    ],
)
def test_text_that_is_no_unicode_is_replaced_and_counted(name: bytes, mended: str) -> None:
    found = decoded("traces", one_span(name), one_span(b"whole"), wire_format="json")
    assert found.cut == {"invalid_utf8": 1}
    assert sorted(row["name"] for row in rows(found)) == sorted([mended, "whole"])


def test_a_pair_of_escapes_is_one_character() -> None:
    found = decoded("traces", one_span(b"\\ud83d\\udc0e"), wire_format="json")
    assert (found.cut, rows(found)[0]["name"]) == ({}, "🐎")


def test_invalid_text_in_attributes_is_counted_once_for_each_string() -> None:
    found = decoded("traces", one_span(b"\xff", b'{"stringValue":"\xff"}'), wire_format="json")
    assert found.cut == {"invalid_utf8": 2}
    assert texts(found) == [{"k": "\ufffd"}]


@pytest.mark.parametrize("depth", [16, 17, 60, 400, 5_000])
def test_nesting_of_any_depth_costs_only_what_is_too_deep(depth: int) -> None:
    value = b'{"arrayValue":{"values":[' * depth + b"]}}" * depth
    found = decoded("traces", one_span(value=value), wire_format="json")
    inside = "[" * 16 + '"…"' * (depth > LIMITS.max_depth) + "]" * 16
    assert texts(found) == [{"k": inside}]
    assert found.cut == ({"value_depth": 1} if depth > LIMITS.max_depth else {})


def test_deep_fields_that_nobody_knows_cost_nothing() -> None:
    body = one_span()[:-1] + b',"unheardOf":' + b"[" * 3_000 + b"]" * 3_000 + b"}"
    assert len(decoded("traces", body, wire_format="json").batch) == 1


@given(
    value=st.recursive(
        st.none() | st.text() | st.floats(allow_nan=False),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_what_is_whole_stays_as_it_is(value: object) -> None:
    body = json.dumps(value).encode()
    assert repaired_json(body) == (body, 0)
