"""Answers about metrics: the catalogue, series, exemplars."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from echoline.model.answers import Answer
from echoline.model.instants import Instant

MetricKind = Literal["gauge", "sum", "histogram", "exponential_histogram", "summary"]
Temporality = Literal["unspecified", "delta", "cumulative"]

# Their place is the number of MetricType, and OpenTelemetry's number of the temporality.
METRIC_KINDS: tuple[MetricKind | None, ...] = (
    None,
    "gauge",
    "sum",
    "histogram",
    "exponential_histogram",
    "summary",
)
TEMPORALITIES: tuple[Temporality, ...] = ("unspecified", "delta", "cumulative")


@dataclass(frozen=True, slots=True)
class Metric(Answer):
    """A metric of one service; one that comes in two types or units stands twice."""

    name: str
    service: str
    environment: str
    type: MetricKind
    temporality: Temporality
    is_monotonic: bool
    unit: str
    description: str
    series: int
    """Distinct sets of attributes in the window."""
    points: int
    last_seen: Instant
    attributes: tuple[str, ...]
    """Keys of its attributes: what `by` and `attribute` take."""
    functions: tuple[str, ...]
    """What series of it can be asked for; the first one is the default."""


@dataclass(frozen=True, slots=True)
class SeriesPoint(Answer):
    """The value over the step that starts at `time`."""

    time: Instant
    value: float | None
    """Null when it is no finite number."""


@dataclass(frozen=True, slots=True)
class Series(Answer):
    """One line of a chart."""

    labels: Mapping[str, str]
    """Values of the attributes asked for by `by`; an absent one is empty."""
    series: int
    """How many series were joined in it."""
    points: tuple[SeriesPoint, ...]
    """In order of time; a step without points is left out, so that gaps stay visible."""


@dataclass(frozen=True, slots=True)
class SeriesSet(Answer):
    """A metric over time."""

    metric: str
    type: MetricKind | None
    """Null when the metric has no points in the window."""
    temporality: Temporality
    unit: str
    """Of the values: that of the metric, per second for rates, {count} for counts."""
    function: str
    since: Instant
    until: Instant
    step_ns: int
    items: tuple[Series, ...]
    """Those with most points and largest values first."""
    left_out: int
    """Further lines beyond `limit`."""
    notes: tuple[str, ...] = ()
    """What to know when reading it: conflicting types, bounds that changed, percentiles that cannot be joined."""
    newest: Instant | None = None
    """When it is empty: the time of the newest metric point, null if there is none at all."""


@dataclass(frozen=True, slots=True)
class Exemplar(Answer):
    """A measured value and the span that it was measured in."""

    time: Instant
    value: float | None
    trace_id: str | None
    span_id: str | None
    attributes: Mapping[str, object]
