"""Which fields of OTLP become which columns: one list for all three ways of reading.

Every mapping goes from a column of model/batch.py to the field's place in its message. A dot goes into a message, `[]`
takes the field of each of several messages, and `?` marks a field whose absence is null and not the default.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from echoline.model.batch import SPAN_ID, STRING, TRACE_ID, MetricType
from echoline.model.records import PlainSignal

Columns = Mapping[str, str]


@dataclass(frozen=True)
class Tree:
    """The names of the repeated fields from a request down to its items."""

    groups: str
    scopes: str
    items: str


TREES: Mapping[PlainSignal, Tree] = {
    "traces": Tree("resource_spans", "scope_spans", "spans"),
    "logs": Tree("resource_logs", "scope_logs", "log_records"),
    "metrics": Tree("resource_metrics", "scope_metrics", "metrics"),
}

RESOURCE: Columns = {"schema_url": "schema_url", "dropped_attributes": "resource.dropped_attributes_count"}
SCOPE: Columns = {
    "name": "scope.name",
    "version": "scope.version",
    "schema_url": "schema_url",
    "dropped_attributes": "scope.dropped_attributes_count",
}
SPAN: Columns = {
    "trace_id": "trace_id",
    "span_id": "span_id",
    "parent_span_id": "parent_span_id",
    "trace_state": "trace_state",
    "flags": "flags",
    "name": "name",
    "kind": "kind",
    "start_ns": "start_time_unix_nano",
    "end_ns": "end_time_unix_nano",
    "status_code": "status.code",
    "status_message": "status.message",
    "dropped_attributes": "dropped_attributes_count",
    "dropped_events": "dropped_events_count",
    "dropped_links": "dropped_links_count",
}
EVENT: Columns = {"time_ns": "time_unix_nano", "name": "name", "dropped_attributes": "dropped_attributes_count"}
LINK: Columns = {
    "trace_id": "trace_id",
    "span_id": "span_id",
    "trace_state": "trace_state",
    "flags": "flags",
    "dropped_attributes": "dropped_attributes_count",
}
LOG: Columns = {  # beside them the body, whose column and type come from an AnyValue
    "time_ns": "time_unix_nano",
    "observed_ns": "observed_time_unix_nano",
    "trace_id": "trace_id",
    "span_id": "span_id",
    "flags": "flags",
    "severity_number": "severity_number",
    "severity_text": "severity_text",
    "event_name": "event_name",
    "dropped_attributes": "dropped_attributes_count",
}
# Beside them the type, temporality and monotonicity, which come from the metric's kind.
METRIC: Columns = {"name": "name", "description": "description", "unit": "unit"}
EXEMPLAR: Columns = {
    "time_ns": "time_unix_nano",
    "value_int": "as_int?",
    "value_double": "as_double?",
    "trace_id": "trace_id",
    "span_id": "span_id",
}

_POINT: Columns = {"start_ns": "start_time_unix_nano", "time_ns": "time_unix_nano", "flags": "flags"}
_NUMBER: Columns = {**_POINT, "value_int": "as_int?", "value_double": "as_double?"}
_DISTRIBUTION: Columns = {**_POINT, "count": "count", "sum": "sum?", "min": "min?", "max": "max?"}


@dataclass(frozen=True)
class Kind:
    """One member of a metric's oneof."""

    member: str
    point: Columns


KINDS: Mapping[MetricType, Kind] = {
    MetricType.GAUGE: Kind("gauge", _NUMBER),
    MetricType.SUM: Kind("sum", _NUMBER),
    MetricType.HISTOGRAM: Kind(
        "histogram", {**_DISTRIBUTION, "bounds": "explicit_bounds", "bucket_counts": "bucket_counts"}
    ),
    MetricType.EXPONENTIAL_HISTOGRAM: Kind(
        "exponential_histogram",
        {
            **_DISTRIBUTION,
            "scale": "scale",
            "zero_count": "zero_count",
            "zero_threshold": "zero_threshold",
            "positive_offset": "positive.offset",
            "positive_counts": "positive.bucket_counts",
            "negative_offset": "negative.offset",
            "negative_counts": "negative.bucket_counts",
        },
    ),
    MetricType.SUMMARY: Kind(
        "summary",
        {
            **_POINT,
            "count": "count",
            "sum": "sum",
            "quantiles": "quantile_values[].quantile",
            "quantile_values": "quantile_values[].value",
        },
    ),
}


def wire_type(field: pa.Field) -> pa.DataType:
    """What a column of model/batch.py holds before it is checked: ids of any length, unsigned times, open enums."""
    if field.type in (TRACE_ID, SPAN_ID):
        return pa.binary()
    if field.type == STRING:
        return pa.string()
    if field.name.endswith("_ns"):
        return pa.uint64()
    if field.type in (pa.int8(), pa.uint8()):
        return pa.int32()
    return field.type
