"""Small builders of OTLP: `trace(span("GET /cart", ms=120))` is the bytes of a protobuf export request.

`span`, `event`, `link`, `log`, `point`, ... build messages; `trace`, `logs` and `metrics` wrap them into the bodies of
requests; `request` makes the Request that a receiver would hand on.
"""

import gzip
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import zstandard
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    Exemplar,
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    SummaryDataPoint,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from echoline.model.records import Encoding, Request, Signal, WireFormat

Value = str | bool | int | float | bytes | None | Sequence["Value"] | Mapping[str, "Value"]
# A mapping, or pairs where a key is to stand twice.
Attributes = Mapping[str, Value] | Sequence[tuple[str, Value]]

START_NS = 1_760_000_000_000_000_000
TRACE_ID = bytes.fromhex("0af7651916cd43dd8448eb211c80319c")
KINDS: dict[str, Any] = {"UNSPECIFIED": 0, "INTERNAL": 1, "SERVER": 2, "CLIENT": 3, "PRODUCER": 4, "CONSUMER": 5}
STATUS: dict[str, Any] = {"UNSET": 0, "OK": 1, "ERROR": 2}
TEMPORALITY: dict[str, Any] = {"unspecified": 0, "delta": 1, "cumulative": 2}


def any_value(value: Value) -> Any:
    """The AnyValue of a Python value; None is one without a value."""
    made = AnyValue()
    match value:
        case None:
            pass
        case bool():
            made.bool_value = value
        case int():
            made.int_value = value
        case float():
            made.double_value = value
        case str():
            made.string_value = value
        case bytes():
            made.bytes_value = value
        case Mapping():
            made.kvlist_value.SetInParent()
            made.kvlist_value.values.extend(key_values(value))
        case _:
            made.array_value.SetInParent()
            made.array_value.values.extend(any_value(each) for each in value)
    return made


def key_values(attributes: Attributes) -> list[Any]:
    pairs = attributes.items() if isinstance(attributes, Mapping) else attributes
    return [KeyValue(key=key, value=any_value(value)) for key, value in pairs]


def resource(attributes: Attributes = (), *, service: str = "shop", dropped: int = 0) -> Any:
    """A resource whose first attribute is `service.name`, unless service is ""."""
    named = [("service.name", service)] if service else []
    return Resource(attributes=key_values(named) + key_values(attributes), dropped_attributes_count=dropped)


def scope(name: str = "shop.web", version: str = "", attributes: Attributes = (), *, dropped: int = 0) -> Any:
    return InstrumentationScope(
        name=name, version=version, attributes=key_values(attributes), dropped_attributes_count=dropped
    )


def span(
    name: str = "GET /cart",
    *,
    ms: float = 10,
    start_ns: int = START_NS,
    kind: str = "SERVER",
    trace_id: bytes = TRACE_ID,
    span_id: bytes | None = None,
    parent: Any = b"",
    status: str = "UNSET",
    message: str = "",
    attributes: Attributes = (),
    events: Sequence[Any] = (),
    links: Sequence[Any] = (),
    **others: Any,
) -> Any:
    """A Span; `parent` is a span or an id, `others` are fields by their names in OTLP.

    Without a `span_id` it gets one made from all the rest, so two spans that differ in anything have two ids.
    """
    made = Span(
        name=name,
        kind=KINDS[kind],
        trace_id=trace_id,
        parent_span_id=parent if isinstance(parent, bytes) else parent.span_id,
        start_time_unix_nano=start_ns,
        end_time_unix_nano=start_ns + int(ms * 1e6),
        attributes=key_values(attributes),
        events=events,
        links=links,
    )
    for field, value in others.items():
        setattr(made, field, value)
    if status != "UNSET" or message:
        made.status.code, made.status.message = STATUS[status], message
    made.span_id = hashlib.sha256(made.SerializeToString()).digest()[:8] if span_id is None else span_id
    return made


def event(name: str = "retry", attributes: Attributes = (), *, at_ns: int = START_NS, dropped: int = 0) -> Any:
    return Span.Event(
        name=name, time_unix_nano=at_ns, attributes=key_values(attributes), dropped_attributes_count=dropped
    )


def exception(kind: str = "ValueError", message: str = "no such cart", stack: str = "", **others: Any) -> Any:
    """The event that instrumentations add for an exception."""
    said = {"exception.type": kind, "exception.message": message, "exception.stacktrace": stack or f"{kind}: {message}"}
    return event("exception", said, **others)


def link(trace_id: bytes = TRACE_ID, span_id: bytes = b"\7" * 8, attributes: Attributes = (), **others: Any) -> Any:
    return Span.Link(trace_id=trace_id, span_id=span_id, attributes=key_values(attributes), **others)


def log(
    body: Value = "cart saved",
    attributes: Attributes = (),
    *,
    time_ns: int = START_NS,
    observed_ns: int = START_NS,
    severity: Any = 9,
    text: str = "INFO",
    **others: Any,
) -> Any:
    """A LogRecord; `others` are fields by their names in OTLP (trace_id, span_id, flags, event_name, ...)."""
    return LogRecord(
        body=any_value(body),
        attributes=key_values(attributes),
        time_unix_nano=time_ns,
        observed_time_unix_nano=observed_ns,
        severity_number=severity,
        severity_text=text,
        **others,
    )


def point(
    value: float | None = 1, attributes: Attributes = (), *, time_ns: int = START_NS, start_ns: int = 0, **others: Any
) -> Any:
    """A point of a gauge or a sum: an int or a float stays what it is, None is a point without a value."""
    given: dict[str, Any] = {} if value is None else {"as_int" if isinstance(value, int) else "as_double": value}
    return NumberDataPoint(**_point(attributes, time_ns, start_ns), **given, **others)


def histogram_point(
    bucket_counts: Sequence[int] = (1, 2, 1),
    bounds: Sequence[float] = (10.0, 100.0),
    attributes: Attributes = (),
    *,
    time_ns: int = START_NS,
    start_ns: int = START_NS - 60_000_000_000,
    **others: Any,
) -> Any:
    """A point of a histogram; `count` is the sum of its buckets unless it is given."""
    others.setdefault("count", sum(bucket_counts))
    return HistogramDataPoint(
        bucket_counts=bucket_counts, explicit_bounds=bounds, **_point(attributes, time_ns, start_ns), **others
    )


def exponential_point(
    positive: Sequence[int] = (1, 2),
    negative: Sequence[int] = (),
    attributes: Attributes = (),
    *,
    positive_offset: int = 0,
    negative_offset: int = 0,
    time_ns: int = START_NS,
    start_ns: int = START_NS - 60_000_000_000,
    **others: Any,
) -> Any:
    """A point of an exponential histogram; empty buckets are left out of the message."""
    made = ExponentialHistogramDataPoint(**_point(attributes, time_ns, start_ns), **others)
    made.count = others.get("count", sum(positive) + sum(negative) + made.zero_count)
    for buckets, offset, counts in (
        (made.positive, positive_offset, positive),
        (made.negative, negative_offset, negative),
    ):
        if offset or counts:
            buckets.offset = offset
            buckets.bucket_counts.extend(counts)
    return made


def summary_point(
    quantiles: Mapping[float, float] | None = None,
    attributes: Attributes = (),
    *,
    count: int = 4,
    sum: float = 10.0,  # noqa: A002 - the name of the field in OTLP
    time_ns: int = START_NS,
    start_ns: int = 0,
    **others: Any,
) -> Any:
    made = SummaryDataPoint(count=count, sum=sum, **_point(attributes, time_ns, start_ns), **others)
    for quantile, value in ({0.5: 2.0, 0.99: 4.0} if quantiles is None else quantiles).items():
        made.quantile_values.add(quantile=quantile, value=value)
    return made


def exemplar(value: float | None = 1.5, attributes: Attributes = (), *, time_ns: int = START_NS, **others: Any) -> Any:
    given: dict[str, Any] = {} if value is None else {"as_int" if isinstance(value, int) else "as_double": value}
    return Exemplar(filtered_attributes=key_values(attributes), time_unix_nano=time_ns, **given, **others)


def gauge(name: str, *points: Any, **others: Any) -> Any:
    """A Metric; `others` are unit, description and metadata (attributes)."""
    made = _metric(name, others)
    made.gauge.data_points.extend(points)
    made.gauge.SetInParent()
    return made


def counter(name: str, *points: Any, temporality: str = "cumulative", monotonic: bool = True, **others: Any) -> Any:
    """A Metric of OTLP's kind sum."""
    made = _metric(name, others)
    made.sum.aggregation_temporality = TEMPORALITY[temporality]
    made.sum.is_monotonic = monotonic
    made.sum.data_points.extend(points)
    return made


def histogram(name: str, *points: Any, temporality: str = "cumulative", **others: Any) -> Any:
    made = _metric(name, others)
    made.histogram.aggregation_temporality = TEMPORALITY[temporality]
    made.histogram.data_points.extend(points)
    return made


def exponential_histogram(name: str, *points: Any, temporality: str = "cumulative", **others: Any) -> Any:
    made = _metric(name, others)
    made.exponential_histogram.aggregation_temporality = TEMPORALITY[temporality]
    made.exponential_histogram.data_points.extend(points)
    return made


def summary(name: str, *points: Any, **others: Any) -> Any:
    made = _metric(name, others)
    made.summary.data_points.extend(points)
    made.summary.SetInParent()
    return made


def trace(*spans: Any, **where: Any) -> bytes:
    """The body of an export request with these spans under one resource and scope.

    `where`: `service` (a name, default "shop"), `resource` and `scope` (messages), `schema_url`, `scope_schema_url`.
    """
    made = ExportTraceServiceRequest()
    _under(made.resource_spans.add(), "scope_spans", where).spans.extend(spans)
    return bytes(made.SerializeToString())


def logs(*records: Any, **where: Any) -> bytes:
    """The body of an export request with these log records; `where` as for `trace`."""
    made = ExportLogsServiceRequest()
    _under(made.resource_logs.add(), "scope_logs", where).log_records.extend(records)
    return bytes(made.SerializeToString())


def metrics(*several: Any, **where: Any) -> bytes:
    """The body of an export request with these metrics; `where` as for `trace`."""
    made = ExportMetricsServiceRequest()
    _under(made.resource_metrics.add(), "scope_metrics", where).metrics.extend(several)
    return bytes(made.SerializeToString())


def request(
    body: bytes,
    *,
    signal: Signal = "traces",
    format: WireFormat = "protobuf",  # noqa: A002 - the name of the field
    encoding: Encoding = "identity",
    received_ns: int = START_NS,
) -> Request:
    """A Request with its body compressed as `encoding` says."""
    return Request(signal, format, encoding, compressed(body, encoding), received_ns)


def compressed(body: bytes, encoding: Encoding) -> bytes:
    match encoding:
        case "gzip":
            return gzip.compress(body, mtime=0)
        case "deflate":
            return zlib.compress(body)
        case "zstd":
            return zstandard.compress(body)
        case "identity":
            return body


def _under(group: Any, scopes: str, where: dict[str, Any]) -> Any:
    """Gives a ResourceSpans and the like its resource, and one ScopeSpans and the like, which is returned."""
    group.resource.CopyFrom(where.get("resource", resource(service=where.get("service", "shop"))))
    group.schema_url = where.get("schema_url", "")
    inner = getattr(group, scopes).add()
    inner.scope.CopyFrom(where.get("scope", scope()))
    inner.schema_url = where.get("scope_schema_url", "")
    return inner


def _metric(name: str, others: dict[str, Any]) -> Any:
    metadata = key_values(others.pop("metadata", ()))
    return Metric(name=name, metadata=metadata, **others)


def _point(attributes: Attributes, time_ns: int, start_ns: int) -> dict[str, Any]:
    return {
        "attributes": key_values(attributes),
        "time_unix_nano": time_ns,
        "start_time_unix_nano": start_ns,
    }
