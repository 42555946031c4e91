"""Answers about traces: search results, one trace as a tree, heat map, differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from echoline.model.answers import Answer, Kind, Status
from echoline.model.answers_logs import LogRecord
from echoline.model.instants import Instant


@dataclass(frozen=True, slots=True)
class Match(Answer):
    """The newest span of a trace that fits the question (the longest one, when the slowest were asked for)."""

    span_id: str
    service: str
    operation_id: str
    kind: Kind
    name: str
    start: Instant
    duration_ns: int
    status: Status


@dataclass(frozen=True, slots=True)
class TraceSummary(Answer):
    """A trace in a list. Service, environment, kind and name are its root's; of several roots the longest one's."""

    trace_id: str
    service: str
    environment: str
    kind: Kind
    name: str
    """Empty when no root has arrived."""
    start: Instant
    duration_ns: int
    """From the first start to the last end."""
    spans: int
    errors: int
    match: Match | None
    """Null when nothing but time was asked."""


@dataclass(frozen=True, slots=True)
class SpanEvent(Answer):
    """Something that happened during a span."""

    time: Instant
    offset_ns: int
    """Since the start of the trace."""
    name: str
    attributes: Mapping[str, object]
    dropped_attributes: int


@dataclass(frozen=True, slots=True)
class SpanLink(Answer):
    """A relation to a span of this or another trace."""

    trace_id: str
    span_id: str
    trace_state: str
    attributes: Mapping[str, object]
    dropped_attributes: int


@dataclass(frozen=True, slots=True)
class TraceSpan(Answer):
    """One span of a trace and its place in the tree."""

    span_id: str
    parent_span_id: str | None
    depth: int
    """0 for roots, and for spans whose parent is missing or in a circle."""
    children: int
    """How many spans hang directly below it."""
    problem: Literal["missing_parent", "circle", "repeated_id"] | None
    """What is wrong with its place in the tree; null when all is well."""
    service: str
    resource_id: str
    """Key into the trace's `resources`."""
    scope: str
    """Instrumentation scope, with its version after a space."""
    operation_id: str
    kind: Kind
    name: str
    """With ids removed: the operation's name."""
    sent_name: str
    """As the program named it."""
    start: Instant
    offset_ns: int
    """Since the start of the trace."""
    duration_ns: int
    self_ns: int
    """Duration without the time that its children cover."""
    status: Status
    status_message: str
    query: str
    """SQL skeleton; empty when it is no database call."""
    is_repeat_report: bool
    """Another instrumentation reports the same call; counted once."""
    attributes: Mapping[str, object]
    """By their names of today, values with their types; bytes as {"base64": ...}."""
    originals: Mapping[str, object]
    """Attributes that were renamed or changed on arrival, as sent (after redaction)."""
    events: tuple[SpanEvent, ...]
    links: tuple[SpanLink, ...]
    trace_state: str
    dropped_attributes: int
    dropped_events: int
    dropped_links: int


@dataclass(frozen=True, slots=True)
class Resource(Answer):
    """What sent spans: a process of a service."""

    service: str
    environment: str
    version: str
    revision: str
    attributes: Mapping[str, object]
    originals: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Trace(Answer):
    """One trace: its spans depth first, siblings in order of their start, and its log records in order of time."""

    trace_id: str
    start: Instant
    duration_ns: int
    services: tuple[str, ...]
    spans_total: int
    errors: int
    spans_left_out: int
    """How many later spans are not among `spans`, because the trace is larger than `max_spans`."""
    spans: tuple[TraceSpan, ...]
    resources: Mapping[str, Resource]
    logs: tuple[LogRecord, ...]
    logs_left_out: int


@dataclass(frozen=True, slots=True)
class HeatCell(Answer):
    """Spans of one step of time and one range of durations."""

    column: int
    row: int
    spans: int
    errors: int


@dataclass(frozen=True, slots=True)
class HeatMap(Answer):
    """Durations over time.

    Column c starts at since + c * step_ns; row r holds bounds_ns[r] <= duration < bounds_ns[r+1].
    """

    since: Instant
    until: Instant
    step_ns: int
    columns: int
    bounds_ns: tuple[int, ...]
    """On a logarithmic scale; one more than there are rows."""
    cells: tuple[HeatCell, ...]
    """Those with spans, by column, then row."""
    spans: int
    errors: int
    newest: Instant | None = None
    """When it is empty: the time of the newest span, null if there is none at all."""


@dataclass(frozen=True, slots=True)
class Difference(Answer):
    """An attribute value that is more, or less, frequent in the selection than in the rest."""

    key: str
    value: str
    selected_share: float
    """Part of the sampled selection that has it, 0 to 1."""
    rest_share: float
    lift: float | None
    """selected_share / rest_share; null when the rest never has it."""
    selected: int
    """Sampled spans of the selection that have it."""
    rest: int


@dataclass(frozen=True, slots=True)
class Differences(Answer):
    """In which attributes a selection of spans differs from the rest, strongest first."""

    since: Instant
    until: Instant
    selected: int
    """Spans in the selection."""
    rest: int
    selected_sampled: int
    """How many of them were looked at: chosen by a hash of the span id, the same ones each time."""
    rest_sampled: int
    items: tuple[Difference, ...]
