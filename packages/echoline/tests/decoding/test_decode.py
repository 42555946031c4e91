"""What every field of OTLP becomes, and what `decode` promises about whole calls."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import (
    START_NS,
    TRACE_ID,
    counter,
    event,
    exemplar,
    exponential_histogram,
    exponential_point,
    gauge,
    histogram,
    histogram_point,
    link,
    log,
    logs,
    metrics,
    point,
    request,
    resource,
    scope,
    span,
    summary,
    summary_point,
    trace,
)
from decoding_checks import LIMITS, NOW_NS, decoded, read_alike, rows, texts
from echoline import decoding
from echoline.decoding import decode, decode_slowly, fast, self_test
from echoline.errors import BadInput
from echoline.model.batch import PARTS, POINTS
from echoline.model.records import ENCODINGS, PLAIN_SIGNALS, WIRE_FORMATS, Encoding, PlainSignal, Request

SPAN_ID = b"\5" * 8


def test_every_field_of_a_span_has_its_column() -> None:
    body = trace(
        span(
            "GET /cart",
            ms=120,
            kind="CLIENT",
            span_id=SPAN_ID,
            parent=b"\6" * 8,
            status="ERROR",
            message="no stock",
            attributes={"a": 1},
            trace_state="ot=th:8",
            flags=257,
            dropped_attributes_count=1,
            dropped_events_count=2,
            dropped_links_count=3,
        )
    )
    assert rows(read_alike("traces", body)) == [
        {
            "request": 0,
            "resource": 0,
            "scope": 0,
            "trace_id": TRACE_ID,
            "span_id": SPAN_ID,
            "parent_span_id": b"\6" * 8,
            "trace_state": "ot=th:8",
            "flags": 257,
            "name": "GET /cart",
            "kind": 3,
            "start_ns": START_NS,
            "end_ns": START_NS + 120_000_000,
            "status_code": 2,
            "status_message": "no stock",
            "dropped_attributes": 1,
            "dropped_events": 2,
            "dropped_links": 3,
            "attributes": [("a", "1", 3)],
        }
    ]


def test_events_and_links_point_at_their_span() -> None:
    linked = link(span_id=SPAN_ID, attributes={"l": True}, trace_state="a=b", flags=1, dropped_attributes_count=4)
    found = read_alike(
        "traces", trace(span("a"), span("b", events=[event("e", {"x": 0.5}, dropped=5)], links=[linked]))
    )
    assert rows(found, "events") == [
        {"row": 1, "time_ns": START_NS, "name": "e", "dropped_attributes": 5, "attributes": [("x", "0.5", 4)]}
    ]
    assert rows(found, "links") == [
        {
            "row": 1,
            "trace_id": TRACE_ID,
            "span_id": SPAN_ID,
            "trace_state": "a=b",
            "flags": 1,
            "dropped_attributes": 4,
            "attributes": [("l", "true", 2)],
        }
    ]


def test_resources_and_scopes_have_their_own_rows() -> None:
    body = trace(
        span(),
        resource=resource({"os.type": "linux"}, service="shop", dropped=1),
        scope=scope("shop.web", "1.2", {"s": "t"}, dropped=2),
        schema_url="https://one",
        scope_schema_url="https://two",
    )
    found = read_alike("traces", trace(span("first")), body)
    assert rows(found, "resources")[1] == {
        "schema_url": "https://one",
        "dropped_attributes": 1,
        "attributes": [("service.name", "shop", 1), ("os.type", "linux", 1)],
    }
    assert rows(found, "scopes")[1] == {
        "name": "shop.web",
        "version": "1.2",
        "schema_url": "https://two",
        "dropped_attributes": 2,
        "attributes": [("s", "t", 1)],
    }
    assert [(row["request"], row["resource"], row["scope"]) for row in rows(found)] == [(0, 0, 0), (1, 1, 1)]


def test_every_field_of_a_log_record_has_its_column() -> None:
    record = log(
        "cart saved",
        {"a": "b"},
        observed_ns=START_NS + 1,
        trace_id=TRACE_ID,
        span_id=SPAN_ID,
        flags=1,
        event_name="cart.saved",
        dropped_attributes_count=2,
    )
    assert rows(read_alike("logs", logs(record))) == [
        {
            "request": 0,
            "resource": 0,
            "scope": 0,
            "time_ns": START_NS,
            "observed_ns": START_NS + 1,
            "trace_id": TRACE_ID,
            "span_id": SPAN_ID,
            "flags": 1,
            "severity_number": 9,
            "severity_text": "INFO",
            "event_name": "cart.saved",
            "body": "cart saved",
            "body_type": 1,
            "dropped_attributes": 2,
            "attributes": [("a", "b", 1)],
        }
    ]


def test_a_body_may_be_any_value() -> None:
    bodies = [None, "x", True, -1, 2.5, [1, None], {"a": [b"x"]}, b"\0"]
    found = rows(read_alike("logs", logs(*[log(body) for body in bodies])))
    assert [(row["body_type"], row["body"]) for row in found] == [
        (0, ""),
        (1, "x"),
        (2, "true"),
        (3, "-1"),
        (4, "2.5"),
        (5, "[1,null]"),
        (6, '{"a":["eA=="]}'),
        (7, "AA=="),
    ]


def test_metrics_are_described_once_and_their_points_follow_in_order() -> None:
    found = read_alike(
        "metrics",
        metrics(
            histogram("h", histogram_point(), temporality="delta"),
            gauge("g", point(1), point(2), unit="By", description="said", metadata={"m": 1}),
            counter("c", point(3)),
            histogram("h2", histogram_point()),
        ),
    )
    assert rows(found, "metrics")[1] == {
        "name": "g",
        "description": "said",
        "unit": "By",
        "type": 1,
        "temporality": 0,
        "is_monotonic": False,
        "attributes": [("m", "1", 3)],
    }
    described = [(row["type"], row["temporality"], row["is_monotonic"]) for row in rows(found, "metrics")]
    assert described == [(3, 1, False), (1, 0, False), (2, 2, True), (3, 2, False)]
    assert [(row["metric"], row["value_int"]) for row in rows(found)] == [(0, None), (1, 1), (1, 2), (2, 3), (3, None)]


INDEXES = ("request", "resource", "scope", "metric")
LISTS = ("bounds", "bucket_counts", "positive_counts", "negative_counts", "quantiles", "quantile_values", "attributes")
EMPTY_POINT: dict[str, Any] = {
    **dict.fromkeys(POINTS.names),
    **dict.fromkeys(INDEXES, 0),
    **{name: [] for name in LISTS},
    "start_ns": 0,
    "time_ns": START_NS,
    "flags": 0,
}


def test_a_number_is_an_int_or_a_double_or_absent() -> None:
    found = rows(read_alike("metrics", metrics(gauge("g", point(0), point(0.0), point(None, flags=1)))))
    assert found == [
        EMPTY_POINT | {"value_int": 0},
        EMPTY_POINT | {"value_double": 0.0},
        EMPTY_POINT | {"flags": 1},  # no recorded value
    ]


def test_sum_min_and_max_of_a_histogram_are_null_when_absent() -> None:
    counts = {"count": 3, "bounds": [0.5], "bucket_counts": [1, 2]}
    spread: list[dict[str, Any]] = [{}, {"sum": 0.0, "min": -1.0, "max": 1.0}]
    points = [histogram_point([1, 2], [0.5], start_ns=0, **given) for given in spread]
    found = rows(read_alike("metrics", metrics(histogram("h", *points))))
    assert found == [EMPTY_POINT | counts | given for given in spread]


def test_an_exponential_histogram_has_both_sides() -> None:
    full = exponential_point(
        [1, 2],
        [3],
        positive_offset=-4,
        negative_offset=5,
        start_ns=0,
        scale=-3,
        zero_count=6,
        zero_threshold=0.25,
        sum=1.5,
    )
    found = rows(read_alike("metrics", metrics(exponential_histogram("e", full, exponential_point([], start_ns=0)))))
    empty = {"count": 0, "scale": 0, "zero_count": 0, "zero_threshold": 0.0, "positive_offset": 0, "negative_offset": 0}
    assert found[0] == EMPTY_POINT | {
        "count": 12,
        "sum": 1.5,
        "scale": -3,
        "zero_count": 6,
        "zero_threshold": 0.25,
        "positive_offset": -4,
        "positive_counts": [1, 2],
        "negative_offset": 5,
        "negative_counts": [3],
    }
    assert found[1] == EMPTY_POINT | empty


def test_a_summary_has_quantiles() -> None:
    found = rows(read_alike("metrics", metrics(summary("s", summary_point({0.5: 2.0, 0.99: 4.0}, {"a": "b"})))))
    measured = {"count": 4, "sum": 10.0, "quantiles": [0.5, 0.99], "quantile_values": [2.0, 4.0]}
    assert found == [EMPTY_POINT | measured | {"attributes": [("a", "b", 1)]}]


def test_exemplars_point_at_their_point_whatever_its_kind() -> None:
    seen = [exemplar(1, {"f": "x"}, trace_id=TRACE_ID, span_id=SPAN_ID), exemplar(1.5)]
    found = read_alike(
        "metrics",
        metrics(
            exponential_histogram("e", exponential_point(exemplars=seen[:1])),
            counter("c", point(1), point(2, exemplars=seen)),
        ),
    )
    exemplars = rows(found, "exemplars")
    assert [(row["row"], row["value_int"], row["value_double"]) for row in exemplars] == [
        (0, 1, None),
        (2, 1, None),
        (2, None, 1.5),
    ]
    assert exemplars[0]["trace_id"] == TRACE_ID
    assert exemplars[0]["attributes"] == [("f", "x", 1)]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_encoding_is_read(encoding: Encoding) -> None:
    assert len(decode("traces", [request(trace(span()), encoding=encoding)], LIMITS, 1).batch) == 1


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
@pytest.mark.parametrize("bodies", [[], [b""], [b"", b""]], ids=["no request", "an empty one", "two"])
def test_nothing_gives_empty_parts(signal: PlainSignal, bodies: list[bytes]) -> None:
    found = read_alike(signal, *bodies)
    assert {name: len(part) for name, part in found.batch.parts.items()} == dict.fromkeys(PARTS[signal], 0)
    assert all(part.columns.schema == PARTS[signal][name] for name, part in found.batch.parts.items())
    assert len(found.batch.pool) == 0


def test_bad_requests_are_named_and_take_no_other_with_them() -> None:
    good = request(trace(span()))
    damaged = Request("traces", "protobuf", "gzip", b"damaged", START_NS)
    large = request(trace(span("x" * 2000)), encoding="zstd")
    bad = [request(b"\xff" * 9), damaged, large, request(b"{", format="json")]
    found = decode("traces", [good, *bad, good], LIMITS, 1, max_body_bytes=1000)
    assert [row["request"] for row in rows(found)] == [0, 5]
    assert {(each.request, each.reason) for each in found.bad} == {
        (1, "malformed"),
        (2, "bad_encoding"),
        (3, "too_large"),
        (4, "malformed"),
    }
    assert all(each.message for each in found.bad)


@given(
    requests=st.lists(
        st.builds(
            Request,
            signal=st.just("traces"),
            format=st.sampled_from(WIRE_FORMATS),
            encoding=st.sampled_from(ENCODINGS),
            body=st.binary(max_size=60),
            received_ns=st.just(1),
        ),
        max_size=4,
    )
)
def test_any_bytes_are_read_or_bad(requests: list[Request]) -> None:
    found = decode("traces", requests, LIMITS, 1)
    assert {bad.request for bad in found.bad} <= set(range(len(requests)))


def test_equal_attributes_of_a_call_stand_once_in_the_pool() -> None:
    found = decoded("traces", *[trace(span(attributes={"a": 1}, events=[event(attributes={"a": 1})]))] * 3)
    assert len(found.batch.pool) == 2
    assert texts(found) == texts(found, "events") == [{"a": "1"}] * 3


def test_the_self_test_finds_nothing() -> None:
    assert self_test() == ""


@pytest.mark.parametrize("way", ["wrong", "broken"])
def test_a_difference_is_told_and_the_slow_way_used(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = fast.read

    def other_read(*arguments: object) -> object:
        if way == "broken":
            raise BadInput("not today", reason="malformed")
        wire = right(*arguments)  # type: ignore[arg-type]
        wire.pool.values.types[:] = 0
        return wire

    monkeypatch.setattr(decoding.fast, "read", other_read)
    self_test.cache_clear()
    try:
        assert self_test().startswith("traces: ")
        requests = [request(trace(span(attributes={"a": 1})))]
        assert rows(decode("traces", requests, LIMITS, NOW_NS)) == rows(
            decode_slowly("traces", requests, LIMITS, NOW_NS)
        )
    finally:
        self_test.cache_clear()
