"""Hypothesis strategies of OTLP requests: anything that protobuf can carry, awkward values often."""

from typing import Any

from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

from builders import any_value, key_values, resource, scope
from echoline.model.records import PlainSignal

_texts = st.sampled_from(["", "a", "GET /cart", "žluťoučký 🐎", "\0 nul", '"quoted" \\']) | st.text(max_size=8)
_int64s = st.sampled_from([0, -1, 2**63 - 1, -(2**63)]) | st.integers(-(2**63), 2**63 - 1)
_uint64s = st.sampled_from([0, 1, 2**64 - 1]) | st.integers(0, 2**64 - 1)
_uint32s = st.sampled_from([0, 1, 2**32 - 1]) | st.integers(0, 2**32 - 1)
_doubles = st.sampled_from([0.0, -0.0, 1e22, 1e-5, 0.1, 100.0]) | st.floats()
_times = st.sampled_from([0, 1_760_000_000_000_000_000, 2**63 - 1, 2**63]) | st.integers(0, 1_800_000_000_000_000_000)
_enums = st.sampled_from([0, 1, 2, 3, 127, 128, -1, 2**31 - 1])
_scalars = st.none() | st.booleans() | _int64s | _doubles | _texts | st.binary(max_size=6)
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3), max_leaves=5
)
_attributes = st.lists(st.tuples(_texts, _values), max_size=4)
_trace_ids = st.sampled_from([b"\1" * 16, bytes(16), b"", b"short"]) | st.binary(min_size=16, max_size=16)
_span_ids = st.sampled_from([b"\1" * 8, bytes(8), b"", b"toolong for an id"]) | st.binary(min_size=8, max_size=8)


def _message(made: Any, /, **fields: Any) -> Any:
    """A strategy of messages; each field is a strategy, None leaves it out."""
    return st.fixed_dictionaries(fields).map(
        lambda drawn: made(**{name: value for name, value in drawn.items() if value is not None})
    )


_key_values = _attributes.map(key_values)
_events = _message(
    trace_pb2.Span.Event,
    time_unix_nano=_times,
    name=_texts,
    attributes=_key_values,
    dropped_attributes_count=_uint32s,
)
_links = _message(
    trace_pb2.Span.Link,
    trace_id=_trace_ids,
    span_id=_span_ids,
    trace_state=_texts,
    attributes=_key_values,
    dropped_attributes_count=_uint32s,
    flags=_uint32s,
)
_spans = _message(
    trace_pb2.Span,
    trace_id=_trace_ids,
    span_id=_span_ids,
    parent_span_id=_span_ids,
    trace_state=_texts,
    flags=_uint32s,
    name=_texts,
    kind=_enums,
    start_time_unix_nano=_times,
    end_time_unix_nano=_times,
    attributes=_key_values,
    dropped_attributes_count=_uint32s,
    events=st.lists(_events, max_size=2),
    dropped_events_count=_uint32s,
    links=st.lists(_links, max_size=2),
    dropped_links_count=_uint32s,
    status=st.none() | _message(trace_pb2.Status, code=_enums, message=_texts),
)
_logs = _message(
    logs_pb2.LogRecord,
    time_unix_nano=_times,
    observed_time_unix_nano=_times,
    severity_number=_enums,
    severity_text=_texts,
    body=st.none() | _values.map(any_value),
    attributes=_key_values,
    dropped_attributes_count=_uint32s,
    flags=_uint32s,
    trace_id=_trace_ids,
    span_id=_span_ids,
    event_name=_texts,
)


def _numbered(message: Any, number: tuple[str, Any] | None) -> Any:
    if number is not None:
        setattr(message, *number)
    return message


_numbers = st.none() | st.tuples(st.just("as_int"), _int64s) | st.tuples(st.just("as_double"), _doubles)
_exemplars = st.builds(
    _numbered,
    _message(
        metrics_pb2.Exemplar,
        filtered_attributes=_key_values,
        time_unix_nano=_times,
        trace_id=_trace_ids,
        span_id=_span_ids,
    ),
    _numbers,
)
_point = {"attributes": _key_values, "start_time_unix_nano": _times, "time_unix_nano": _times, "flags": _uint32s}
_measured = {**_point, "exemplars": st.lists(_exemplars, max_size=2)}
_spread = {
    **_measured,
    "count": _uint64s,
    "sum": st.none() | _doubles,
    "min": st.none() | _doubles,
    "max": st.none() | _doubles,
}
_number_points = st.builds(_numbered, _message(metrics_pb2.NumberDataPoint, **_measured), _numbers)
_histogram_points = _message(
    metrics_pb2.HistogramDataPoint,
    **_spread,
    bucket_counts=st.lists(_uint64s, max_size=3),
    explicit_bounds=st.lists(_doubles, max_size=2),
)
_buckets = st.none() | _message(
    metrics_pb2.ExponentialHistogramDataPoint.Buckets,
    offset=st.integers(-(2**31), 2**31 - 1),
    bucket_counts=st.lists(_uint64s, max_size=3),
)
_exponential_points = _message(
    metrics_pb2.ExponentialHistogramDataPoint,
    **_spread,
    scale=st.integers(-(2**31), 2**31 - 1),
    zero_count=_uint64s,
    zero_threshold=_doubles,
    positive=_buckets,
    negative=_buckets,
)
_summary_points = _message(
    metrics_pb2.SummaryDataPoint,
    **_point,
    count=_uint64s,
    sum=_doubles,
    quantile_values=st.lists(
        _message(metrics_pb2.SummaryDataPoint.ValueAtQuantile, quantile=_doubles, value=_doubles), max_size=2
    ),
)


def _data(kind: Any, points: Any, **fields: Any) -> Any:
    return _message(kind, data_points=st.lists(points, max_size=2), **fields)


_described = {"name": _texts, "description": _texts, "unit": _texts, "metadata": _key_values}
_metrics = st.one_of(
    _message(metrics_pb2.Metric, **_described),
    _message(metrics_pb2.Metric, **_described, gauge=_data(metrics_pb2.Gauge, _number_points)),
    _message(
        metrics_pb2.Metric,
        **_described,
        sum=_data(metrics_pb2.Sum, _number_points, aggregation_temporality=_enums, is_monotonic=st.booleans()),
    ),
    _message(
        metrics_pb2.Metric,
        **_described,
        histogram=_data(metrics_pb2.Histogram, _histogram_points, aggregation_temporality=_enums),
    ),
    _message(
        metrics_pb2.Metric,
        **_described,
        exponential_histogram=_data(
            metrics_pb2.ExponentialHistogram, _exponential_points, aggregation_temporality=_enums
        ),
    ),
    _message(metrics_pb2.Metric, **_described, summary=_data(metrics_pb2.Summary, _summary_points)),
)


def _requests(kind: Any, group: Any, groups: str, scoped: Any, scopes: str, items: str, item: Any) -> Any:
    inner = _message(
        scoped,
        scope=st.none() | st.builds(scope, _texts, _texts, _attributes, dropped=_uint32s),
        schema_url=_texts,
        **{items: st.lists(item, max_size=3)},
    )
    outer = _message(
        group,
        resource=st.none() | st.builds(resource, _attributes, service=_texts, dropped=_uint32s),
        schema_url=_texts,
        **{scopes: st.lists(inner, max_size=2)},
    )
    return _message(kind, **{groups: st.lists(outer, max_size=2)})


MESSAGES: dict[PlainSignal, Any] = {
    "traces": _requests(
        ExportTraceServiceRequest,
        trace_pb2.ResourceSpans,
        "resource_spans",
        trace_pb2.ScopeSpans,
        "scope_spans",
        "spans",
        _spans,
    ),
    "logs": _requests(
        ExportLogsServiceRequest,
        logs_pb2.ResourceLogs,
        "resource_logs",
        logs_pb2.ScopeLogs,
        "scope_logs",
        "log_records",
        _logs,
    ),
    "metrics": _requests(
        ExportMetricsServiceRequest,
        metrics_pb2.ResourceMetrics,
        "resource_metrics",
        metrics_pb2.ScopeMetrics,
        "scope_metrics",
        "metrics",
        _metrics,
    ),
}
"""By signal, a strategy of export requests as protobuf messages."""
