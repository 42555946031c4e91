import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from builders import counter, event, gauge, log, logs, metrics, point, span, trace
from echoline.errors import BadInput
from echoline.model.records import Signal
from echoline.receivers.otlp.protobuf_structure import check
from echoline.receivers.otlp.structure import LARGE_BYTES, MAX_ITEMS
from profile_builders import request_of, sample


def two_profiles() -> bytes:
    """Without the tables behind them: cut off there it would be whole."""
    made = request_of(sample("a"))
    made.ClearField("dictionary")
    made.resource_profiles[0].scope_profiles[0].profiles.add(period=5)
    return bytes(made.SerializeToString())


BODIES: dict[Signal, bytes] = {
    "traces": trace(span("a", attributes={"k": "v"}, events=[event()]), span("b")),
    "logs": logs(log("a", {"k": ["v", 1]}), log("b")),
    "metrics": metrics(counter("a", point(1)), gauge("b", point(2.0))),
    "profiles": two_profiles(),
}


@pytest.mark.parametrize("signal", BODIES)
def test_items_are_counted_over_all_resources_and_scopes(signal: Signal) -> None:
    assert check(signal, BODIES[signal] * 3).items == 6
    assert check(signal, b"").items == 0


@pytest.mark.parametrize("signal", BODIES)
def test_every_cut_is_refused(signal: Signal) -> None:
    body = BODIES[signal]
    for end in range(1, len(body)):
        with pytest.raises(BadInput):
            check(signal, body[:end])


@given(
    signal=st.sampled_from(list(BODIES)),
    at=st.integers(min_value=0),
    byte=st.integers(0, 255),
    size=st.integers(0, 3),
    more=st.binary(max_size=20),
)
def test_changed_bytes_pass_or_are_refused_but_never_crash(
    signal: Signal, at: int, byte: int, size: int, more: bytes
) -> None:
    body = BODIES[signal]
    at %= len(body)
    changed = body[:at] + bytes([byte]) * size + body[at + size :] + more
    with suppress(BadInput):
        assert check(signal, changed).items >= 0


def test_invalid_utf8_passes_because_decoding_replaces_it() -> None:
    body = trace(span("name")).replace(b"name", b"\xff\xfe\xfd\xfc")
    assert check("traces", body).items == 1


@pytest.mark.parametrize(
    "ids", [{"trace_id": b""}, {"trace_id": b"a" * 15}, {"span_id": b"a" * 9}, {"span_id": bytes(8)}]
)
def test_spans_without_usable_ids_are_counted(ids: dict[str, bytes]) -> None:
    found = check("traces", trace(span("a"), span("b", **ids), span("c")))  # type: ignore[arg-type]
    assert (found.items, found.rejected) == (3, 1)


@pytest.mark.parametrize("evil", [b"\n\0", b"\n\2\x12\0", b"\n\4\x12\2\x12\0"])
@pytest.mark.parametrize("size", [LARGE_BYTES - 10, 8 * LARGE_BYTES])
def test_more_items_than_memory_is_worth_are_refused_quickly(evil: bytes, size: int) -> None:
    """A resource, scope or span of two bytes costs a parser hundreds."""
    body = evil * (size // len(evil))
    began = time.process_time()
    if size // len(evil) > MAX_ITEMS:
        with pytest.raises(BadInput, match="more than"):
            check("traces", body)
    else:
        check("traces", body)
    assert time.process_time() - began < 2


@pytest.mark.exclusive
def test_the_look_at_a_request_costs_no_more_than_parsing_it_twice() -> None:
    body = trace(*[span(f"GET /{n}", attributes={f"key.{k}": "v" * 40 for k in range(15)}) for n in range(512)])
    look = min(_seconds(lambda: check("traces", body)) for _ in range(20))
    assert look <= 2 * min(_seconds(lambda: ExportTraceServiceRequest.FromString(body)) for _ in range(20))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
