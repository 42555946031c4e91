"""Checks that bytes are an OTLP request in protobuf, down to the fields of spans, log records, metrics, profiles.

It parses with shallow copies of OTLP's own messages: what lies deeper, and every text, is just bytes there. So nothing
is copied or checked that decoding does anyway, and invalid UTF-8 passes, which decoding replaces. (m: 0.15 ms for 512
spans of 1 KB on 2 cores, against 0.2 ms for a full parse that still would not look at the ids.)
"""

from collections.abc import Iterable
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, unknown_fields
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from echoline.errors import BadInput
from echoline.model.records import Signal
from echoline.receivers.otlp.protobuf_count import check_count
from echoline.receivers.otlp.structure import LARGE_BYTES, MALFORMED, MAX_ITEMS, Structure, too_many

_Field = descriptor_pb2.FieldDescriptorProto
# Request, group by resource, group by scope, item: the field of each that leads on.
_STEPS: dict[Signal, tuple[str, str, str]] = {
    "traces": ("resource_spans", "scope_spans", "spans"),
    "logs": ("resource_logs", "scope_logs", "log_records"),
    "metrics": ("resource_metrics", "scope_metrics", "metrics"),
    "profiles": ("resource_profiles", "scope_profiles", "profiles"),
}
_ZERO_TRACE_ID, _ZERO_SPAN_ID = bytes(16), bytes(8)


def _shallow(request: Descriptor, signal: Signal) -> Any:
    """A message class like `request` in which everything beside the way to the items is bytes or a number."""
    file = descriptor_pb2.FileDescriptorProto(name=f"echoline/{signal}.proto", package="echoline", syntax="proto3")
    level: Any = request
    for step in (*_STEPS[signal], ""):
        whole = descriptor_pb2.DescriptorProto()
        level.CopyToProto(whole)
        message = file.message_type.add(name=f"{signal}_{level.name}")
        for field in whole.field:
            added = message.field.add(name=field.name, number=field.number, label=field.label, type=field.type)
            if field.name == step:
                level = level.fields_by_name[step].message_type
                added.type_name = f"echoline.{signal}_{level.name}"
            elif field.type in (_Field.TYPE_MESSAGE, _Field.TYPE_STRING):
                added.type = _Field.TYPE_BYTES
            elif field.type == _Field.TYPE_ENUM:
                added.type = _Field.TYPE_INT32
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"echoline.{signal}_{request.name}"))


_REQUESTS: dict[Signal, Any] = {
    "traces": _shallow(ExportTraceServiceRequest.DESCRIPTOR, "traces"),
    "logs": _shallow(ExportLogsServiceRequest.DESCRIPTOR, "logs"),
    "metrics": _shallow(ExportMetricsServiceRequest.DESCRIPTOR, "metrics"),
    "profiles": _shallow(ExportProfilesServiceRequest.DESCRIPTOR, "profiles"),
}


def field_numbers(signal: Signal) -> tuple[int, ...]:
    """The fields that lead from a request to its items."""
    level: Any = _REQUESTS[signal].DESCRIPTOR
    numbers = []
    for step in _STEPS[signal]:
        numbers.append(level.fields_by_name[step].number)
        level = level.fields_by_name[step].message_type
    return tuple(numbers)


def check(signal: Signal, body: bytes) -> Structure:
    """Counts the items of a request, and the spans whose ids are unusable.

    Unknown fields are fine; a known one of another type is not (looked at on all levels, but only in the first item of
    a scope). Raises BadInput.
    """
    if len(body) > LARGE_BYTES:
        check_count(body)
    try:
        request = _REQUESTS[signal].FromString(body)
    except DecodeError as error:
        raise BadInput(f"the body is no OTLP {signal} request in protobuf: {error}", reason=MALFORMED) from error
    to_groups, to_scopes, to_items = _STEPS[signal]
    _check_types(request, signal)
    items = rejected = 0
    for group in _few(getattr(request, to_groups)):
        _check_types(group, signal)
        for scope in _few(getattr(group, to_scopes)):
            _check_types(scope, signal)
            several = _few(getattr(scope, to_items))
            if several:
                _check_types(several[0], signal)
                items += len(several)
                if signal == "traces":
                    rejected += _without_ids(several)
    return Structure(items, rejected, "trace id or span id of wrong length, or zero" if rejected else "")


def _few(several: Any) -> Any:
    if len(several) > MAX_ITEMS:
        raise too_many()
    return several


def _check_types(message: Message, signal: Signal) -> None:
    known = message.DESCRIPTOR.fields_by_number
    fields: Any = unknown_fields.UnknownFieldSet(message)
    for field in fields:
        if field.field_number in known:
            where = f"{message.DESCRIPTOR.name.removeprefix(signal + '_')}.{known[field.field_number].name}"
            raise BadInput(f"the body is no OTLP {signal} request: {where} is of another type", reason=MALFORMED)


def _without_ids(spans: Iterable[Any]) -> int:
    unusable = 0
    for span in spans:
        trace_id, span_id = span.trace_id, span.span_id
        if len(trace_id) != 16 or len(span_id) != 8 or trace_id == _ZERO_TRACE_ID or span_id == _ZERO_SPAN_ID:
            unusable += 1
    return unusable
