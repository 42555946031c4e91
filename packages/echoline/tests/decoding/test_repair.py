from hypothesis import given
from hypothesis import strategies as st

from builders import event, exemplar, gauge, log, logs, metrics, point, scope, span, trace
from decoding_checks import LIMITS, decoded, read_alike, rows, texts
from echoline.decoding.repair import repaired
from odd_wire import attribute, field

INVALID = b"\xff\xfe"


def damaged(body: bytes, text: bytes = b"DAMAGED") -> bytes:
    """The body with its marked texts made invalid, of the same length."""
    return body.replace(text, b"DAM\xffGED")


def test_invalid_text_is_replaced_and_counted_wherever_it_stands() -> None:
    body = trace(
        span("DAMAGED", message="DAMAGED", attributes={"DAMAGED": 1, "a": "DAMAGED"}, events=[event("DAMAGED")]),
        span("whole"),
        scope=scope("DAMAGED"),
        schema_url="DAMAGED",
    )
    found = read_alike("traces", damaged(body))
    assert found.cut == {"invalid_utf8": 7}
    assert [row["name"] for row in rows(found)] == ["DAM\ufffdGED", "whole"]
    assert texts(found)[0] == {"DAM\ufffdGED": "1", "a": "DAM\ufffdGED"}


def test_invalid_text_inside_values_is_replaced() -> None:
    record = logs(log([{"DAMAGED": ["DAMAGED"]}], {"a": {"b": "DAMAGED"}}))
    found = read_alike("logs", damaged(record))
    assert found.cut == {"invalid_utf8": 3}
    assert rows(found)[0]["body"] == '[{"DAM\ufffdGED":["DAM\ufffdGED"]}]'


def test_invalid_text_in_metrics_is_replaced() -> None:
    body = metrics(gauge("DAMAGED", point(1, exemplars=[exemplar(attributes={"a": "DAMAGED"})]), unit="DAMAGED"))
    found = read_alike("metrics", damaged(body))
    assert found.cut == {"invalid_utf8": 3}
    assert texts(found, "exemplars") == [{"a": "DAM\ufffdGED"}]


def test_only_the_request_with_invalid_text_is_read_the_slow_way() -> None:
    found = read_alike("traces", trace(span("a")), damaged(trace(span("DAMAGED"))), trace(span("c")))
    assert [(row["request"], row["name"]) for row in rows(found)] == [(0, "a"), (1, "DAM\ufffdGED"), (2, "c")]


def test_bytes_may_hold_anything() -> None:
    assert read_alike("traces", trace(span(attributes={"a": INVALID}))).cut == {}


def test_unknown_fields_and_text_beside_deep_values_survive() -> None:
    value = b""
    for level in range(200):
        value = field(6, field(1, field(1, b"k") + field(2, value)) if level else b"")
    found = decoded("traces", attribute(field(1, INVALID) + field(2, value)) + b"\xfa\x3f\x03abc")
    assert found.cut == {"invalid_utf8": 1, "value_depth": 1}
    assert texts(found) == [{"\ufffd\ufffd": '{"k":' * LIMITS.max_depth + '"…"' + "}" * LIMITS.max_depth}]


@given(name=st.binary(max_size=12))
def test_a_repaired_body_is_always_readable(name: bytes) -> None:
    body, strings = repaired("traces", trace(span("@" * 12)).replace(b"@" * 12, name.ljust(12, b"@")))
    found = decoded("traces", body)
    assert (len(found.batch), found.cut) == (1, {})
    assert rows(found)[0]["name"] == name.ljust(12, b"@").decode(errors="replace")
    assert strings == (name.decode(errors="ignore").encode() != name)
