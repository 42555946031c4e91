"""The fast way says the same as the slow one, value by value."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import key_values, request, span, trace
from decoding_checks import LIMITS, read_alike
from echoline.decoding import decode, decode_slowly, fast
from echoline.decoding.compare import attributes
from echoline.decoding.oracle import REQUESTS
from echoline.decoding.specimens import specimen
from echoline.model.records import PLAIN_SIGNALS, PlainSignal
from generated import MESSAGES
from mutations import mutations
from odd_wire import BIG_NUMBER, CROSSED_GROUPS, TORN_LIST, attribute, field, in_span, oddities, varint

# Where the two disagree, and why. All of it is damage that protobuf refuses and ptars does not see. The first
# two are in fields that nobody reads; with the third a histogram's bounds hardly fit its counts any more.
DISAGREEMENTS = {
    CROSSED_GROUPS: "ptars takes the end of any group for that of the last one, protobuf refuses the request",
    BIG_NUMBER: "ptars skips the field, protobuf refuses the request",
    TORN_LIST: "ptars leaves out the bytes behind the last whole number, protobuf refuses the request",
}


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_message_is_read_alike(signal: PlainSignal, data: st.DataObject) -> None:
    body = data.draw(MESSAGES[signal]).SerializeToString()
    fast.read(signal, [body], [0], 16)
    read_alike(signal, body)


@pytest.mark.long
@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_of_many_messages_is_read_alike(signal: PlainSignal, data: st.DataObject) -> None:
    read_alike(
        signal, *data.draw(st.lists(MESSAGES[signal].map(lambda message: message.SerializeToString()), max_size=3))
    )


SPAN = span(attributes={"a": 1}).SerializeToString()
ODD = {
    "unknown fields in a request": trace(span()) + b"\xfa\x3f\x03abc" + b"\x92\x3f\x02ab",
    "unknown fields of all wire types": in_span(
        SPAN + b"\xa2\x06\x02hi\xa0\x06\x05\xa1\x06" + bytes(8) + b"\xa5\x06" + bytes(4)
    ),
    "an unknown group": in_span(SPAN + b"\xa3\x06\x08\x01\xa4\x06"),
    "a status in two pieces": in_span(SPAN + field(15, b"\x18\x01") + field(15, b"\x12\x02ab")),
    "a status and an empty one": in_span(SPAN + field(15, b"\x18\x01") + field(15, b"")),
    "a resource in two pieces": field(
        1, field(1, field(1, b"\x0a\x01k")) + field(1, b"\x10\x02") + field(2, field(2, SPAN))
    ),
    "a scope in two pieces": field(1, field(2, field(1, b"\x0a\x01a") + field(1, b"\x12\x01b") + field(2, SPAN))),
    "a name twice": in_span(SPAN + b"\x2a\x01a\x2a\x01b"),
    "an id as a number": in_span(SPAN + b"\x10\x05"),
    "flags as a number": in_span(SPAN + b"\x80\x01\x05"),
    "a kind of five bytes": in_span(SPAN + b"\x30\x82\x80\x80\x80\x00"),
    "a negative kind": in_span(SPAN + b"\x30" + varint(-1)),
    "a kind beyond 32 bits": in_span(SPAN + b"\x30" + varint(2**32 + 2)),
    "a count beyond 32 bits": in_span(SPAN + b"\x50" + varint(2**32 + 7)),
    "an attribute without anything": attribute(b""),
    "an attribute without a key": attribute(b"\x12\x03\x0a\x01v"),
    "value before key": attribute(b"\x12\x03\x0a\x01v\x0a\x01k"),
    "a value twice": attribute(b"\x0a\x01k\x12\x02\x18\x05\x12\x03\x0a\x01x"),
    "a value and an empty one": attribute(b"\x0a\x01k\x12\x02\x18\x05\x12\x00"),
    "two members, the last a string": attribute(b"\x0a\x01k\x12\x05\x18\x05\x0a\x01x"),
    "two members, the last a number": attribute(b"\x0a\x01k\x12\x05\x0a\x01x\x18\x05"),
    "two members, the last an array": attribute(b"\x0a\x01k\x12\x05\x0a\x01x\x2a\x00"),
    "an array in two pieces": attribute(b"\x0a\x01k\x12\x0c\x2a\x04\x0a\x02\x18\x01\x2a\x04\x0a\x02\x18\x02"),
    "an empty array": attribute(b"\x0a\x01k\x12\x02\x2a\x00"),
    "an empty map": attribute(b"\x0a\x01k\x12\x02\x32\x00"),
    "an index of a string": attribute(b"\x0a\x01k\x12\x02\x40\x05"),
    "a string and then an index": attribute(b"\x0a\x01k\x12\x05\x0a\x01x\x40\x05"),
    "a bool of two": attribute(b"\x0a\x01k\x12\x02\x10\x02"),
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_what_no_sender_writes_but_protobuf_defines_is_read_alike(body: bytes) -> None:
    assert not read_alike("traces", body).bad


def in_metric(payload: bytes) -> bytes:
    return field(1, field(2, field(2, payload)))


ODD_METRICS = {
    "an int and then a double": in_metric(field(5, field(1, b"\x31" + bytes(8) + b"\x21" + bytes(8)))),
    "a double and then an int": in_metric(field(7, field(1, b"\x21" + bytes(8) + b"\x31" + bytes(8)))),
    "an exemplar that is both": in_metric(field(5, field(1, field(5, b"\x31" + bytes(8) + b"\x19" + bytes(8))))),
    "a gauge and then a sum": in_metric(field(5, field(1, b"")) + field(7, field(1, b"\x31" + bytes(8)))),
    "a sum, a gauge and a sum": in_metric(field(7, field(1, b"")) + field(5, b"") + field(7, field(1, b""))),
    "a gauge in two pieces": in_metric(field(5, field(1, b"")) + field(5, field(1, b""))),
    "buckets in two pieces": in_metric(field(10, field(1, field(8, b"\x08\x02") + field(8, field(2, b"\1\2"))))),
    "counts that are not packed": in_metric(field(9, field(1, b"\x31" + bytes(8)))),
    "a value at quantile without anything": in_metric(field(11, field(1, field(6, b"")))),
}


@pytest.mark.parametrize("body", ODD_METRICS.values(), ids=ODD_METRICS)
def test_odd_metrics_are_read_alike(body: bytes) -> None:
    assert not read_alike("metrics", body).bad


BROKEN = {
    "one byte short": trace(span())[:-1],
    "half": trace(span(attributes={"a": 1}))[:60],
    "0xff": b"\xff" * 40,
    "text": b"not protobuf at all",
    "JSON": b'{"resourceSpans":[]}',
    "a length of 4 GiB": b"\x0a\xff\xff\xff\xff\x0f",
    "a length of 2^63": b"\x0a" + b"\xff" * 8 + b"\x7f",
    "an attribute that ends early": attribute(b"\x0a\x05k"),
    "an array that ends early": attribute(b"\x0a\x01k\x12\x04\x2a\x02\x0a\x05"),
    "a number of eleven bytes": in_span(SPAN + b"\x30" + b"\x85" + b"\x80" * 9 + b"\x01"),
    "field number 0": in_span(SPAN + b"\x00\x05"),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_is_no_protobuf_is_bad_in_both_ways(body: bytes) -> None:
    assert [bad.reason for bad in read_alike("traces", body).bad] == ["malformed"]


def test_equal_attributes_in_different_bytes_are_equal() -> None:
    key_value = key_values({"k": "v"})[0].SerializeToString()
    backwards = b"\x12\x03\x0a\x01v\x0a\x01k"
    decoded = read_alike("traces", attribute(key_value), attribute(backwards))
    assert attributes(decoded.batch.parts["rows"].attributes, decoded.batch.pool) == [[("k", "v", 1)], [("k", "v", 1)]]


def test_many_requests_are_read_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "_BYTES_AT_ONCE", 500)
    for signal in PLAIN_SIGNALS:
        decoded = read_alike(signal, *[specimen(signal)] * 5)
        assert set(decoded.batch.parts["rows"].columns["request"].to_pylist()) == {0, 1, 2, 3, 4}


def check_mutation(signal: PlainSignal, body: bytes) -> None:
    """Both ways agree, or the body is odd in a way that DISAGREEMENTS names and only the slow one refuses it."""
    try:
        read_alike(signal, body)
    except AssertionError:
        if not oddities(REQUESTS[signal].DESCRIPTOR, body) & set(DISAGREEMENTS):
            raise
        assert decode_slowly(signal, [request(body, signal=signal)], LIMITS, 1).bad


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
def test_mutated_requests_are_read_alike(signal: PlainSignal) -> None:
    for mutated in mutations(specimen(signal), 1_000, seed=5):
        check_mutation(signal, mutated)


@pytest.mark.long
@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
def test_very_many_mutated_requests_are_read_alike(signal: PlainSignal) -> None:
    for mutated in mutations(specimen(signal), 10_000, seed=6):
        check_mutation(signal, mutated)


@pytest.mark.parametrize(
    ("odd", "signal", "body"),
    [
        (CROSSED_GROUPS, "traces", in_span(SPAN + b"\xa3\x06\x08\x01\xac\x06")),
        (BIG_NUMBER, "traces", in_span(SPAN + b"\xb0\xd4\xac\xc6\x6c\x01")),
        (TORN_LIST, "metrics", in_metric(field(9, field(1, field(6, bytes(13)))))),
    ],
    ids=list(DISAGREEMENTS),
)
def test_each_disagreement_is_real(odd: str, signal: PlainSignal, body: bytes) -> None:
    """When one of them is gone, it should leave the table."""
    assert oddities(REQUESTS[signal].DESCRIPTOR, body) == {odd}
    assert len(decode(signal, [request(body, signal=signal)], LIMITS, 1).batch) == 1
    assert decode_slowly(signal, [request(body, signal=signal)], LIMITS, 1).bad
