"""The slow way to read protobuf, obviously right: protobuf's own messages and plain loops."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from echoline.decoding import objects
from echoline.decoding.fields import KINDS
from echoline.decoding.values import Canonical, canonical
from echoline.decoding.wire import Values, Wire, WirePool, pool_of
from echoline.errors import BadInput
from echoline.model.batch import Int32s, MetricType
from echoline.model.records import PlainSignal, Signal

REQUESTS: dict[Signal, type[Message]] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "profiles": ExportProfilesServiceRequest,
}
_TYPES = {kind.member: metric_type for metric_type, kind in KINDS.items()}


def read(signal: PlainSignal, bodies: Iterable[bytes], numbers: Sequence[int], max_depth: int) -> Wire:
    """The wire columns of protobuf bodies. Raises BadInput, reason `malformed`, for one that is none."""
    try:
        messages = [REQUESTS[signal].FromString(body) for body in bodies]
    except DecodeError as error:
        raise BadInput(f"body is no OTLP protobuf: {error}", reason="malformed") from error
    return objects.read(signal, messages, numbers, _Protobuf(max_depth))


def member(value: Any) -> tuple[str | None, Any]:
    """Takes an AnyValue message apart, for values.canonical."""
    name = value.WhichOneof("value")
    return name, None if name is None else getattr(value, name)


class _Protobuf:
    """The dialect of protobuf's own messages."""

    def __init__(self, max_depth: int) -> None:
        self._max_depth = max_depth
        self._found: dict[tuple[str, str, int, bool], int] = {}

    def column(self, values: Sequence[Any], kind: pa.DataType) -> pa.Array:
        return pa.array(values, kind)

    def optional(self, message: Any, name: str) -> Any:
        return getattr(message, name) if message.HasField(name) else None

    def kind(self, metric: Any) -> MetricType | None:
        return _TYPES.get(metric.WhichOneof("data"))

    def codes(self, key_values: Sequence[Any]) -> Int32s:
        return np.array([self._code(each.key, self._canonical(each.value)) for each in key_values], np.int32)

    def bodies(self, values: Sequence[Any]) -> Values:
        found = [self._canonical(value) for value in values]
        return pool_of([("", *each) for each in found]).values

    def pool(self) -> WirePool:
        return pool_of(list(self._found))

    def _canonical(self, value: Any) -> Canonical:
        return canonical(value, member, self._max_depth)

    def _code(self, key: str, value: Canonical) -> int:
        return self._found.setdefault((key, *value), len(self._found))
