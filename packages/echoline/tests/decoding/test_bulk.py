import pytest

from builders import gauge, log, logs, metrics, point, request, span, trace
from decoding_checks import LIMITS, decoded, rows
from echoline.decoding import decode
from echoline.decoding.bulk import check_items, check_objects
from echoline.errors import BadInput
from echoline.model.records import Signal
from odd_wire import field, in_span, varint

MANY = 20_000
IDS = field(1, b"\1" * 16) + field(2, b"\2" * 8)


def points(payload: bytes, kind: int = 5) -> bytes:
    return field(1, field(2, field(2, field(kind, payload))))


SWOLLEN: dict[str, tuple[Signal, bytes]] = {
    "resources": ("traces", field(1, b"") * MANY),
    "scopes": ("logs", field(1, field(2, b"") * MANY)),
    "spans": ("traces", field(1, field(2, field(2, b"") * MANY))),
    "spans with a kind": ("traces", field(1, field(2, field(2, b"\x30\x01") * MANY))),
    "events": ("traces", in_span(IDS + field(11, b"") * MANY)),
    "log records": ("logs", field(1, field(2, field(2, b"") * MANY))),
    "metrics": ("metrics", field(1, field(2, field(2, b"") * MANY))),
    "points": ("metrics", points(field(1, b"") * MANY)),
    "histogram points": ("metrics", points(field(1, b"") * MANY, kind=9)),
    "exemplars": ("metrics", points(field(1, field(5, b"") * MANY))),
    "quantiles": ("metrics", points(field(1, field(6, b"") * MANY), kind=11)),
}


@pytest.mark.parametrize(("signal", "body"), SWOLLEN.values(), ids=SWOLLEN)
def test_more_items_than_the_bytes_could_mean_are_counted(signal: Signal, body: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        check_items(signal, body, is_thorough=True)
    assert refused.value.reason == "too_many_items"


@pytest.mark.parametrize("item", ["spans", "points", "exemplars"])
def test_a_swelling_body_is_bad_and_alone(item: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both for a small body, which the fast way finds out, and for a large one, which is counted before."""
    signal, body = SWOLLEN[item]
    whole = {"traces": trace(span()), "metrics": metrics(gauge("g", point(1)))}[signal]
    for large in (2 << 20, 1 << 10):
        monkeypatch.setattr("echoline.decoding.reading._LARGE", large)
        monkeypatch.setattr("echoline.decoding.fast._BYTES_AT_ONCE", 1 << 10)
        found = decode(signal, [request(each, signal=signal) for each in (whole, body, whole)], LIMITS, 1)
        assert [(bad.request, bad.reason) for bad in found.bad] == [(1, "too_many_items")]
        assert [row["request"] for row in rows(found)] == [0, 2]


def test_many_small_items_are_fine() -> None:
    bodies: dict[Signal, bytes] = {
        "traces": trace(*[span("", span_id=b"%08d" % number, ms=0) for number in range(MANY)]),
        "logs": logs(*[log("", observed_ns=0, severity=0, text="")] * MANY),
        "metrics": metrics(gauge("g", *[point(1)] * MANY)),
    }
    for signal, body in bodies.items():
        check_items(signal, body, is_thorough=True)
        assert len(decoded(signal, body).batch) == MANY


def test_counting_ends_where_protobuf_ends() -> None:
    for body in (b"\x0a\xff\xff\xff\xff\x7f", b"\xff" * 50, b"\x0b\x0a", varint(2**64 - 1) * 9, in_span(IDS)[:-5]):
        check_items("traces", body, is_thorough=True)


def test_objects_of_json_are_counted_too() -> None:
    check_objects(b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"0102030405060708"}]}]}]}' * 1_000)
    check_objects(b'{"body":"' + b"{" * 50_000 + b'"}')
    swollen = b'{"resourceSpans":[{"scopeSpans":[{"spans":[' + b",".join([b"{}"] * MANY) + b"]}]}]}"
    assert [bad.reason for bad in decoded("traces", swollen, wire_format="json").bad] == ["too_many_items"]
