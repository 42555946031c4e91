import json
from typing import Any

import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from echoline.errors import BadInput, Busy, EcholineError, Unavailable
from echoline.model.records import Signal
from echoline.receivers.otlp import answers
from echoline.receivers.otlp.structure import Structure

# The error, the HTTP status, the google.rpc.Code, Retry-After in seconds.
CASES: list[tuple[EcholineError, int, int, bytes | None]] = [
    (BadInput("no", reason="malformed"), 400, 3, None),
    (BadInput("no", reason="too_large"), 413, 3, None),
    (BadInput("no", reason="too_many"), 413, 3, None),
    (Busy("full", retry_after_s=0.2), 429, 8, b"1"),
    (Busy("full", retry_after_s=4.1), 429, 8, b"5"),
    (Unavailable("disk", retry_after_s=2), 503, 14, b"2"),
]


@pytest.mark.parametrize(("error", "status", "code", "delay"), CASES, ids=repr)
def test_only_what_may_pass_later_comes_with_a_delay(
    error: EcholineError, status: int, code: int, delay: bytes | None
) -> None:
    refused = answers.refusal(error)
    assert (refused.http_status, refused.code) == (status, code)
    assert answers.retry_after(refused) == (((b"retry-after", delay),) if delay else ())
    details: Any = Status.FromString(answers.refusal_details(refused))
    assert (details.code, details.message, len(details.details)) == (code, str(error), 1 if delay else 0)


def test_the_delay_in_grpc_is_a_retry_info() -> None:
    details: Any = Status.FromString(answers.refusal_details(answers.refusal(Busy("full", retry_after_s=1.5))))
    delay = RetryInfo()
    assert details.details[0].Unpack(delay)
    assert delay.retry_delay.ToTimedelta().total_seconds() == 1.5


RESPONSES: dict[Signal, tuple[Any, str, str]] = {
    "traces": (ExportTraceServiceResponse, "rejected_spans", "rejectedSpans"),
    "logs": (ExportLogsServiceResponse, "rejected_log_records", "rejectedLogRecords"),
    "metrics": (ExportMetricsServiceResponse, "rejected_data_points", "rejectedDataPoints"),
    "profiles": (ExportProfilesServiceResponse, "rejected_profiles", "rejectedProfiles"),
}


@pytest.mark.parametrize("signal", RESPONSES)
def test_rejected_items_are_told_in_the_words_of_their_signal(signal: Signal) -> None:
    response, field, json_field = RESPONSES[signal]
    structure = Structure(items=9, rejected=4, why="bad ids")
    told = response.FromString(answers.success_body(signal, "protobuf", structure)).partial_success
    assert (getattr(told, field), told.error_message) == (4, "bad ids")
    assert json.loads(answers.success_body(signal, "json", structure)) == {
        "partialSuccess": {json_field: "4", "errorMessage": "bad ids"}
    }


@pytest.mark.parametrize("signal", RESPONSES)
def test_a_full_success_says_nothing_more(signal: Signal) -> None:
    assert answers.success_body(signal, "protobuf", Structure(items=9)) == b""
    assert answers.success_body(signal, "json", Structure(items=9)) == b"{}"
