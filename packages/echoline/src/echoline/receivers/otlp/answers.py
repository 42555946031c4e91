"""What senders are told, in the words of the OTLP specification 1.x: successes, partial successes and refusals."""

import math
from dataclasses import dataclass
from typing import Any

import msgspec
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from echoline.compression import TOO_LARGE
from echoline.errors import BadInput, Busy, EcholineError, Unavailable
from echoline.model.records import Signal, WireFormat
from echoline.model.tokens import Scope, Verdict
from echoline.receivers.otlp.structure import TOO_MANY, Structure

CONTENT_TYPES: dict[WireFormat, str] = {"protobuf": "application/x-protobuf", "json": "application/json"}

_RESPONSES: dict[Signal, Any] = {
    "traces": ExportTraceServiceResponse,
    "logs": ExportLogsServiceResponse,
    "metrics": ExportMetricsServiceResponse,
    "profiles": ExportProfilesServiceResponse,
}
_REJECTED: dict[Signal, tuple[str, str]] = {
    "traces": ("rejected_spans", "rejectedSpans"),
    "logs": ("rejected_log_records", "rejectedLogRecords"),
    "metrics": ("rejected_data_points", "rejectedDataPoints"),
    "profiles": ("rejected_profiles", "rejectedProfiles"),
}
# Numbers of google.rpc.Code.
INVALID_ARGUMENT, PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAVAILABLE, UNAUTHENTICATED = 3, 7, 8, 14, 16


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not taken, for both transports."""

    reason: str
    """Counted under this name."""
    message: str
    http_status: int
    code: int
    retry_after_s: float | None = None
    """None for what can never pass."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    """Further headers of the HTTP answer."""


def refusal(error: EcholineError) -> Refusal:
    """What a sender is told about an error."""
    message = str(error)
    match error:
        case Busy():
            return Refusal("busy", message, 429, RESOURCE_EXHAUSTED, error.retry_after_s)
        case Unavailable():
            return Refusal("unavailable", message, 503, UNAVAILABLE, error.retry_after_s)
        case BadInput():
            status = 413 if error.reason in (TOO_LARGE, TOO_MANY) else 400
            return Refusal(error.reason, message, status, INVALID_ARGUMENT)
        case _:
            raise error


def unauthorised(verdict: Verdict, scope: Scope) -> Refusal | None:
    """What a sender is told about a verdict; None if it may go on."""
    match verdict:
        case "allowed":
            return None
        case "unauthenticated":
            message = "a valid token is needed: Authorization: Bearer <token>; `echoline tokens create` makes one"
            return Refusal(verdict, message, 401, UNAUTHENTICATED, headers=((b"www-authenticate", b"Bearer"),))
        case "forbidden":
            return Refusal(verdict, f"the token lacks the scope {scope!r}", 403, PERMISSION_DENIED)


def refusal_body(refused: Refusal, wire_format: WireFormat) -> bytes:
    """A google.rpc.Status in the format of the request."""
    if wire_format == "json":
        return msgspec.json.encode({"code": refused.code, "message": refused.message})
    return bytes(Status(code=refused.code, message=refused.message).SerializeToString())


def refusal_details(refused: Refusal) -> bytes:
    """The google.rpc.Status that goes into gRPC's trailer, with a RetryInfo if it makes sense to ask again."""
    status = Status(code=refused.code, message=refused.message)
    if refused.retry_after_s is not None:
        delay = Duration()
        delay.FromNanoseconds(round(refused.retry_after_s * 1e9))
        status.details.add().Pack(RetryInfo(retry_delay=delay))
    return bytes(status.SerializeToString())


def retry_after(refused: Refusal) -> tuple[tuple[bytes, bytes], ...]:
    """The Retry-After header, in whole seconds; none for what can never pass."""
    if refused.retry_after_s is None:
        return ()
    return ((b"retry-after", b"%d" % max(math.ceil(refused.retry_after_s), 1)),)


def success_body(signal: Signal, wire_format: WireFormat, structure: Structure) -> bytes:
    """An Export…ServiceResponse, with `partial_success` if items were rejected."""
    if not structure.rejected:
        return b"{}" if wire_format == "json" else b""
    field, json_field = _REJECTED[signal]
    if wire_format == "json":
        # Numbers of 64 bits are strings in protobuf's JSON.
        partial = {json_field: str(structure.rejected), "errorMessage": structure.why}
        return msgspec.json.encode({"partialSuccess": partial})
    response = _RESPONSES[signal]()
    setattr(response.partial_success, field, structure.rejected)
    response.partial_success.error_message = structure.why
    return bytes(response.SerializeToString())
