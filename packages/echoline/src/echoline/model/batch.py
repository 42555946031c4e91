"""A batch of decoded telemetry: columns, with work to be done by distinct value and not by value.

Every string column is dictionary encoded (`STRING`), and every attribute of the whole batch, wherever it hangs, is a
code into one pool of distinct (key, value, type) triples. So renaming a key, redacting a value or recognising a
secret costs once per distinct value, and reaches every place that carries it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from echoline.model.records import Signal

STRING = pa.dictionary(pa.int32(), pa.string())
TRACE_ID = pa.binary(16)
SPAN_ID = pa.binary(8)

Int32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]


class ValueType(IntEnum):
    """What an attribute value was on the wire; its text is canonical per type."""

    EMPTY = 0  # no value set; text ""
    STRING = 1
    BOOL = 2  # true | false
    INT = 3
    DOUBLE = 4  # shortest repr that reads back equal; nan, inf, -inf
    ARRAY = 5  # compact JSON, insertion order, bytes as base64
    MAP = 6  # compact JSON object; of a repeated key the last one
    BYTES = 7  # base64


@dataclass(frozen=True)
class Pool:
    """The distinct attributes of one batch.

    `keys` is dictionary encoded (STRING), `values` a plain string array, `types` holds ValueType numbers: all of one
    length, none null. The same triple should stand once; processors that make two equal need not merge them.
    """

    keys: pa.DictionaryArray
    values: pa.StringArray
    types: Bytes

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Attributes:
    """For each row of a part its attributes in wire order: codes[offsets[i]:offsets[i+1]] into the pool."""

    offsets: Int32s
    codes: Int32s


@dataclass(frozen=True)
class Part:
    """One table of a batch and the attributes of its rows."""

    columns: pa.Table
    attributes: Attributes
    # What the normaliser replaced, so that one trace can still show what was sent.
    originals: Attributes | None = None

    def __len__(self) -> int:
        return int(self.columns.num_rows)


@dataclass(frozen=True)
class Batch:
    """Some requests of one signal, decoded. `parts` always holds the names of PARTS[signal], possibly with no rows.

    `rows` are spans, log records, metric points or profile samples; they point at their resource, scope and metric by
    row number, and events, links and exemplars point back at their row by `row`. Samples point at their stack.
    """

    signal: Signal
    parts: Mapping[str, Part]
    pool: Pool

    def __len__(self) -> int:
        return len(self.parts["rows"])


RESOURCES = pa.schema([("schema_url", STRING), ("dropped_attributes", pa.uint32())])
SCOPES = pa.schema([("name", STRING), ("version", STRING), ("schema_url", STRING), ("dropped_attributes", pa.uint32())])
SPANS = pa.schema(
    [
        ("request", pa.int32()),  # which of the decoded requests it came in
        ("resource", pa.int32()),
        ("scope", pa.int32()),
        ("trace_id", TRACE_ID),
        ("span_id", SPAN_ID),
        ("parent_span_id", SPAN_ID),  # zeros: a root
        ("trace_state", STRING),
        ("flags", pa.uint32()),
        ("name", STRING),
        ("kind", pa.int8()),
        ("start_ns", pa.int64()),
        ("end_ns", pa.int64()),
        ("status_code", pa.int8()),
        ("status_message", STRING),
        ("dropped_attributes", pa.uint32()),
        ("dropped_events", pa.uint32()),
        ("dropped_links", pa.uint32()),
    ]
)
EVENTS = pa.schema(
    [("row", pa.int32()), ("time_ns", pa.int64()), ("name", STRING), ("dropped_attributes", pa.uint32())]
)
LINKS = pa.schema(
    [
        ("row", pa.int32()),
        ("trace_id", TRACE_ID),
        ("span_id", SPAN_ID),
        ("trace_state", STRING),
        ("flags", pa.uint32()),
        ("dropped_attributes", pa.uint32()),
    ]
)
LOGS = pa.schema(
    [
        ("request", pa.int32()),
        ("resource", pa.int32()),
        ("scope", pa.int32()),
        ("time_ns", pa.int64()),  # 0 on the wire: the observed time, else the time of receipt
        ("observed_ns", pa.int64()),
        ("trace_id", TRACE_ID),  # zeros: none
        ("span_id", SPAN_ID),
        ("flags", pa.uint32()),
        ("severity_number", pa.int8()),
        ("severity_text", STRING),
        ("event_name", STRING),
        ("body", STRING),  # canonical text, like an attribute's
        ("body_type", pa.uint8()),  # a ValueType
        ("dropped_attributes", pa.uint32()),
    ]
)
METRICS = pa.schema(  # one row per metric of a request; its attributes are Metric.metadata
    [
        ("name", STRING),
        ("description", STRING),
        ("unit", STRING),
        ("type", pa.uint8()),  # a MetricType
        ("temporality", pa.uint8()),  # 0 unspecified, 1 delta, 2 cumulative
        ("is_monotonic", pa.bool_()),
    ]
)
POINTS = pa.schema(
    [
        ("request", pa.int32()),
        ("resource", pa.int32()),
        ("scope", pa.int32()),
        ("metric", pa.int32()),
        ("start_ns", pa.int64()),
        ("time_ns", pa.int64()),
        ("flags", pa.uint32()),
        ("value_int", pa.int64()),  # null unless the point is a gauge's or sum's integer
        ("value_double", pa.float64()),  # likewise for a double
        ("count", pa.uint64()),  # null unless a histogram of either kind or a summary
        ("sum", pa.float64()),
        ("min", pa.float64()),
        ("max", pa.float64()),
        ("bounds", pa.list_(pa.float64())),
        ("bucket_counts", pa.list_(pa.uint64())),
        ("scale", pa.int32()),  # null unless an exponential histogram
        ("zero_count", pa.uint64()),
        ("zero_threshold", pa.float64()),
        ("positive_offset", pa.int32()),
        ("positive_counts", pa.list_(pa.uint64())),
        ("negative_offset", pa.int32()),
        ("negative_counts", pa.list_(pa.uint64())),
        ("quantiles", pa.list_(pa.float64())),
        ("quantile_values", pa.list_(pa.float64())),
    ]
)
EXEMPLARS = pa.schema(
    [
        ("row", pa.int32()),
        ("time_ns", pa.int64()),
        ("value_int", pa.int64()),
        ("value_double", pa.float64()),
        ("trace_id", TRACE_ID),
        ("span_id", SPAN_ID),
    ]
)

FRAMES = pa.schema(
    [
        ("function", STRING),  # without a name: its address, like 0x7f12
        ("file", STRING),  # of its source, else the program or library that it is in
        ("line", pa.int32()),  # 0: not known
    ]
)
STACKS = pa.schema([("frames", pa.list_(pa.int32()))])  # rows of `frames`, outermost first
SAMPLES = pa.schema(
    [
        ("request", pa.int32()),
        ("resource", pa.int32()),
        ("scope", pa.int32()),
        ("stack", pa.int32()),
        ("time_ns", pa.int64()),
        ("type", STRING),  # "cpu", "alloc_space" ...
        ("unit", STRING),  # of CPU always "nanoseconds"
        ("value", pa.int64()),
        ("hits", pa.int64()),  # how often the sampler looked: what the value is built on
        ("trace_id", TRACE_ID),  # zeros: none
        ("span_id", SPAN_ID),
        ("is_approximate", pa.bool_()),  # the leaf may be another one than was running
    ]
)

PARTS: Mapping[Signal, Mapping[str, pa.Schema]] = {
    "traces": {"resources": RESOURCES, "scopes": SCOPES, "rows": SPANS, "events": EVENTS, "links": LINKS},
    "logs": {"resources": RESOURCES, "scopes": SCOPES, "rows": LOGS},
    "metrics": {
        "resources": RESOURCES,
        "scopes": SCOPES,
        "metrics": METRICS,
        "rows": POINTS,
        "exemplars": EXEMPLARS,
    },
    "profiles": {"resources": RESOURCES, "scopes": SCOPES, "frames": FRAMES, "stacks": STACKS, "rows": SAMPLES},
}


class MetricType(IntEnum):
    """The five kinds of metric, in the order of OTLP's oneof."""

    GAUGE = 1
    SUM = 2
    HISTOGRAM = 3
    EXPONENTIAL_HISTOGRAM = 4
    SUMMARY = 5


@dataclass(frozen=True)
class BadRequest:
    """A request that can never be decoded: its place in the call, a short countable reason, and words for a person."""

    request: int
    reason: str
    message: str


@dataclass(frozen=True)
class Decoded:
    """What became of some requests: the batch, items left out by reason, cuts by reason, requests that are no OTLP."""

    batch: Batch
    rejected: Mapping[str, int] = field(default_factory=dict)
    cut: Mapping[str, int] = field(default_factory=dict)
    bad: tuple[BadRequest, ...] = ()


# What normalising adds. A promoted attribute leaves its list when its type is the expected one, so that nothing is
# stored twice; answers put it back. A value of another type stays in the list and the column stays empty.
PROMOTED_RESOURCE: Mapping[str, tuple[str, ValueType]] = {
    "service.name": ("service", ValueType.STRING),
    "service.namespace": ("namespace", ValueType.STRING),
    "service.version": ("version", ValueType.STRING),
    "service.instance.id": ("instance", ValueType.STRING),
    "deployment.environment.name": ("environment", ValueType.STRING),
    "vcs.ref.head.revision": ("revision", ValueType.STRING),
}
PROMOTED_CODE: Mapping[str, tuple[str, ValueType]] = {
    "code.function.name": ("function", ValueType.STRING),
    "code.file.path": ("file", ValueType.STRING),
    "code.line.number": ("line", ValueType.INT),
    "error.type": ("error_type", ValueType.STRING),
}
PROMOTED: Mapping[Signal, Mapping[str, tuple[str, ValueType]]] = {
    "traces": {
        **PROMOTED_CODE,
        "http.request.method": ("method", ValueType.STRING),
        "http.route": ("route", ValueType.STRING),
        "http.response.status_code": ("status", ValueType.INT),
        "db.system.name": ("db_system", ValueType.STRING),
        "server.address": ("peer", ValueType.STRING),
    },
    "logs": PROMOTED_CODE,
    "metrics": {},
    "profiles": {},
}
# Columns are STRING ("" for absent) or int32 (-1 for absent).
NORMALISED: Mapping[Signal, Mapping[str, pa.Schema]] = {
    "traces": {
        "resources": pa.schema([(column, STRING) for column, _ in PROMOTED_RESOURCE.values()]),
        "rows": pa.schema(
            [(column, pa.int32() if kind is ValueType.INT else STRING) for column, kind in PROMOTED["traces"].values()]
            + [
                ("operation", STRING),  # the span name with ids removed, in one spelling
                ("query", STRING),  # SQL skeleton; "" when the span is no database call
                ("exception_type", STRING),  # of the last exception event
                ("is_repeat_report", pa.bool_()),  # this database call is told by another instrumentation too
            ]
        ),
    },
    "logs": {
        "resources": pa.schema([(column, STRING) for column, _ in PROMOTED_RESOURCE.values()]),
        "rows": pa.schema(
            [(column, pa.int32() if kind is ValueType.INT else STRING) for column, kind in PROMOTED["logs"].values()]
            + [("exception_type", STRING), ("pattern", STRING)]  # pattern: the body with its variable parts as <*>
        ),
    },
    "metrics": {"resources": pa.schema([(column, STRING) for column, _ in PROMOTED_RESOURCE.values()])},
    "profiles": {"resources": pa.schema([(column, STRING) for column, _ in PROMOTED_RESOURCE.values()])},
}
