import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import gauge, histogram, histogram_point, log, logs, metrics, point, request, span, trace
from decoding_checks import LIMITS, assert_same, decoded, read_alike, rows, texts
from echoline.decoding import decode
from echoline.decoding.specimens import specimen
from echoline.model.records import PLAIN_SIGNALS, PlainSignal
from generated import MESSAGES
from mutations import mutations
from otlp_json_bodies import as_json


def from_json(signal: PlainSignal, *requests: Any) -> Any:
    return decoded(signal, *[json.dumps(each).encode() for each in requests], wire_format="json")


def one_span(**fields: Any) -> Any:
    """A request with one span that has these fields beside its ids."""
    made = {"traceId": "ab" * 16, "spanId": "cd" * 8, **fields}
    return {"resourceSpans": [{"scopeSpans": [{"spans": [made]}]}]}


def one_attribute(value: Any) -> Any:
    return one_span(attributes=[{"key": "k", "value": value}])


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_json_says_the_same_as_protobuf(signal: PlainSignal, data: st.DataObject) -> None:
    body = data.draw(MESSAGES[signal]).SerializeToString()
    assert_same(from_json(signal, as_json(signal, body)), decoded(signal, body))


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
def test_the_specimens_are_the_same_in_json(signal: PlainSignal) -> None:
    assert_same(from_json(signal, as_json(signal, specimen(signal))), decoded(signal, specimen(signal)))


def test_json_and_protobuf_may_come_in_one_call() -> None:
    body = trace(span("GET /cart"))
    mixed = [request(json.dumps(as_json("traces", body)).encode(), format="json", encoding="zstd"), request(body)]
    found = decode("traces", mixed, LIMITS, 1)
    assert [(row["request"], row["name"]) for row in rows(found)] == [(1, "GET /cart"), (0, "GET /cart")]
    assert texts(found, "resources") == [{"service.name": "shop"}] * 2
    assert len(found.batch.pool) == 1


def test_64_bit_numbers_are_strings_or_numbers() -> None:
    start = 1_760_000_000_000_000_000
    found = from_json("traces", one_span(startTimeUnixNano=str(start)), one_span(startTimeUnixNano=start))
    assert [row["start_ns"] for row in rows(found)] == [start, start]


def test_enums_are_numbers_or_names() -> None:
    named = one_span(kind="SPAN_KIND_SERVER", status={"code": "STATUS_CODE_ERROR"})
    found = from_json("traces", named, one_span(kind=2, status={"code": 2}))
    assert [(row["kind"], row["status_code"]) for row in rows(found)] == [(2, 2), (2, 2)]


def test_unknown_fields_and_null_are_as_if_absent() -> None:
    plain = from_json("traces", one_span())
    assert_same(from_json("traces", {**one_span(name=None, status=None, events=None), "new": [{}]}), plain)


def test_only_lower_camel_case_is_known() -> None:
    """OTLP: the original field names are not valid keys."""
    assert len(from_json("traces", {"resource_spans": one_span()["resourceSpans"]}).batch) == 0
    assert rows(from_json("traces", one_span(trace_state="a=b")))[0]["trace_state"] == ""


def test_hex_ids_are_of_either_case() -> None:
    assert rows(from_json("traces", one_span(traceId="AB" * 16)))[0]["trace_id"] == b"\xab" * 16


@pytest.mark.parametrize("trace_id", ["", "ab", "zz" * 16, "ab" * 15 + "a", " " * 32, "q83vEjRWeJCrze8SNFZ4kA=="])
def test_a_span_goes_for_an_id_that_is_no_hex_of_its_length(trace_id: str) -> None:
    found = from_json("traces", one_span(traceId=trace_id), one_span())
    assert (found.rejected, len(found.batch)) == ({"invalid_trace_id": 1}, 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"stringValue": "x"}, ("x", 1)),
        ({"boolValue": False}, ("false", 2)),
        ({"intValue": "-5"}, ("-5", 3)),
        ({"intValue": 5}, ("5", 3)),
        ({"doubleValue": 1}, ("1.0", 4)),
        ({"doubleValue": -0.0}, ("-0.0", 4)),
        ({"doubleValue": "NaN"}, ("nan", 4)),
        ({"doubleValue": "-Infinity"}, ("-inf", 4)),
        ({"doubleValue": "1e3"}, ("1000.0", 4)),
        ({"arrayValue": {"values": [{"intValue": "1"}, {}, {"doubleValue": "Infinity"}]}}, ('[1,null,"Infinity"]', 5)),
        ({"arrayValue": {}}, ("[]", 5)),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"bytesValue": "eA"}}]}}, ('{"a":"eA=="}', 6)),
        ({"bytesValue": "-_8="}, ("+/8=", 7)),
        ({}, ("", 0)),
        (None, ("", 0)),
        ({"unheardOf": 1}, ("", 0)),
    ],
)
def test_values_have_the_canonical_text(value: Any, text: tuple[str, int]) -> None:
    assert rows(from_json("traces", one_attribute(value)))[0]["attributes"] == [("k", *text)]


WRONG = {
    "a name that is a number": one_span(name=5),
    "a time that is a word": one_span(startTimeUnixNano="soon"),
    "a time in hex": one_span(startTimeUnixNano="0x10"),
    "a time below zero": one_span(startTimeUnixNano=-1),
    "a time of 65 bits": one_span(startTimeUnixNano=str(2**64)),
    "a flag that is true": one_span(flags=True),
    "a fraction for a whole number": one_span(kind=1.5),
    "an enum name that is none": one_span(kind="SERVER"),
    "an id that is a number": one_span(traceId=5),
    "spans that are no list": {"resourceSpans": {}},
    "a span that is null": {"resourceSpans": [{"scopeSpans": [{"spans": [None]}]}]},
    "an attribute that is a word": one_span(attributes=["k"]),
    "a string that is a number": one_attribute({"stringValue": 5}),
    "a bool that is a word": one_attribute({"boolValue": "true"}),
    "an int with a fraction": one_attribute({"intValue": 1.5}),
    "an int of 65 bits": one_attribute({"intValue": str(2**63)}),
    "a double that is a word": one_attribute({"doubleValue": "much"}),
    "bytes that are no base64": one_attribute({"bytesValue": "a?"}),
    "two members": one_attribute({"stringValue": "x", "intValue": 1}),
    "a list": [],
}


@pytest.mark.parametrize("request_", WRONG.values(), ids=WRONG)
def test_a_wrong_type_refuses_its_request_only(request_: Any) -> None:
    found = from_json("traces", one_span(), request_, one_span())
    assert [bad.request for bad in found.bad] == [1]
    assert found.bad[0].reason in {"wrong_type", "malformed"}
    assert [row["request"] for row in rows(found)] == [0, 2]


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"{} {}", b"\xff\xfe", b'{"resourceSpans":[],}', b"[" * 100_000])
def test_what_is_no_json_is_bad(body: bytes) -> None:
    assert len(decoded("traces", body, wire_format="json").bad) == 1


def test_a_metric_has_one_kind_of_data_and_a_point_one_number() -> None:
    both_kinds = as_json("metrics", metrics(gauge("g", point(1))))
    both_kinds["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["sum"] = {}
    both_numbers = as_json("metrics", metrics(gauge("g", point(1))))
    both_numbers["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["gauge"]["dataPoints"][0]["asDouble"] = 1
    found = from_json("metrics", both_kinds, both_numbers)
    assert [bad.reason for bad in found.bad] == ["wrong_type", "wrong_type"]


def test_the_javascript_senders_way_of_writing_is_understood() -> None:
    """Numbers as numbers where they are small, times as strings, no field left out."""
    record = as_json("logs", logs(log("said", {"n": 1})))
    fields = record["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    fields |= {"droppedAttributesCount": 0, "flags": 1, "traceId": None, "spanId": ""}
    fields["attributes"] = [{"key": "n", "value": {"intValue": 1}}]
    assert rows(from_json("logs", record))[0]["flags"] == 1
    assert texts(from_json("logs", record)) == [{"n": "1"}]


def test_lists_of_numbers_may_hold_strings() -> None:
    body = metrics(histogram("h", histogram_point([1, 2], [0.5])))
    written = as_json("metrics", body)
    assert "1" in json.dumps(written["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["histogram"])
    assert_same(from_json("metrics", written), read_alike("metrics", body))


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
def test_mutated_json_is_read_or_bad(signal: PlainSignal) -> None:
    whole = json.dumps(as_json(signal, specimen(signal))).encode()
    bodies = list(mutations(whole, 300, seed=7))
    found = decoded(signal, *bodies, wire_format="json")
    assert 0 < len(found.bad) < len(bodies)
    assert {bad.reason for bad in found.bad} <= {"malformed", "wrong_type"}
