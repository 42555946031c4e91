from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import NumberDataPoint
from opentelemetry.proto.trace.v1.trace_pb2 import Span

import builders as make
from echoline.errors import BadInput
from echoline.model.records import Signal
from echoline.surfaces.cli.replay.times import Survey, moved, survey
from profile_builders import profiles, sample

T = make.START_NS


def _trace(shift_ns: int = 0) -> bytes:
    event = make.exception(at_ns=T + 5 + shift_ns)
    return make.trace(make.span(start_ns=T + shift_ns, ms=2, span_id=b"8" * 8, events=[event], attributes={"a": T}))


def _logs(shift_ns: int = 0) -> bytes:
    return make.logs(make.log(time_ns=T + shift_ns, observed_ns=T + 9 + shift_ns), make.log(time_ns=0, observed_ns=0))


def _metrics(shift_ns: int = 0) -> bytes:
    times: dict[str, Any] = {"time_ns": T + shift_ns, "start_ns": T - 60 + shift_ns}
    exemplars = [make.exemplar(time_ns=T + 7 + shift_ns)]
    return make.metrics(
        make.gauge("g", make.point(1, exemplars=exemplars, **times)),
        make.counter("c", make.point(2, time_ns=T + shift_ns), temporality="delta"),
        make.histogram("h", make.histogram_point(exemplars=exemplars, **times)),
        make.exponential_histogram("e", make.exponential_point(exemplars=exemplars, **times)),
        make.summary("s", make.summary_point(**times)),
    )


def _profiles(shift_ns: int = 0) -> bytes:
    times = [T + 3 + shift_ns, T + 8 + shift_ns]
    return profiles(sample("f", values=[], times=times), sample("f"), start_ns=T + shift_ns)


@pytest.mark.parametrize(
    ("signal", "body", "found"),
    [
        ("traces", _trace(), Survey(T + 2_000_000, 1)),
        ("logs", _logs(), Survey(T + 9, 2)),
        ("metrics", _metrics(), Survey(T + 7, 5)),
        ("profiles", _profiles(), Survey(T + 8, 1)),
    ],
)
def test_survey_finds_the_newest_time_and_counts_items(signal: Signal, body: bytes, found: Survey) -> None:
    assert survey(signal, body) == found


@given(shift_ns=st.integers(-T + 61, 2**62))
def test_moving_changes_every_time_that_is_set_and_nothing_else(shift_ns: int) -> None:
    assert moved("traces", _trace(), shift_ns) == _trace(shift_ns)
    assert moved("logs", _logs(), shift_ns) == _logs(shift_ns)
    assert moved("metrics", _metrics(), shift_ns) == _metrics(shift_ns)
    assert moved("profiles", _profiles(), shift_ns) == _profiles(shift_ns)


def test_times_stay_within_what_the_wire_can_carry() -> None:
    sent = ExportTraceServiceRequest.FromString(moved("traces", _trace(), -2 * T))
    assert sent.resource_spans[0].scope_spans[0].spans[0].start_time_unix_nano == 1


def test_an_empty_body_has_no_items() -> None:
    assert survey("logs", b"") == Survey(0, 0)


@pytest.mark.parametrize("body", [b"\x0a\xff\xff\xff\xff\x0f", b"\x0f", b"\x0a\x02\x0a", b"\x00\x01", b"\x80" * 11])
def test_what_is_no_protobuf_is_refused_with_its_offset(body: bytes) -> None:
    with pytest.raises(BadInput, match=r"no OTLP protobuf at byte \d+"):
        survey("traces", body)


@given(body=st.binary(max_size=200))
def test_bytes_of_any_kind_are_refused_or_walked(body: bytes) -> None:
    try:
        found = survey("metrics", body)
    except BadInput:
        return
    assert found.items >= 0


def test_the_field_numbers_are_those_of_the_protocol() -> None:
    for fields, times in (
        (Span.DESCRIPTOR.fields_by_name, {"start_time_unix_nano": 7, "end_time_unix_nano": 8, "events": 11}),
        (LogRecord.DESCRIPTOR.fields_by_name, {"time_unix_nano": 1, "observed_time_unix_nano": 11}),
        (NumberDataPoint.DESCRIPTOR.fields_by_name, {"start_time_unix_nano": 2, "time_unix_nano": 3, "exemplars": 5}),
    ):
        assert {name: fields[name].number for name in times} == times
