"""What a comparison answers: two sides, and for each thing that they did what changed and how sure that is."""

from dataclasses import dataclass
from typing import Literal, get_args

from echoline.model.answers import Answer, Kind
from echoline.model.instants import Instant

Subject = Literal["endpoint", "operation", "query", "code_object", "flow"]
"""What is compared: what a service is asked for, what else it does, its SQL, its functions, its traces' shapes."""
SUBJECTS: tuple[Subject, ...] = get_args(Subject)

MeasureName = Literal["duration", "tail", "self_time", "errors", "calls", "queries"]
"""Time of a call; share of slow calls; own time of a call; share of calls that fail; calls per minute; queries or
repeats per call."""

Judged = Literal["better", "worse", "more", "less", "unchanged", "unknown"]
"""`more` and `less` are for calls, which are neither good nor bad; `unknown` is for too little data."""

Presence = Literal["both", "new", "gone"]


@dataclass(frozen=True, slots=True)
class SideShown(Answer):
    """One side of a comparison: which data it is."""

    name: str
    """As it was asked for."""
    kind: Literal["version", "revision", "branch", "deployment", "environment", "window"]
    releases: tuple[str, ...]
    """The versions and revisions it has, each as service version (revision)."""
    since: Instant
    until: Instant
    calls: int
    """Of its operations, in the time that is compared."""


@dataclass(frozen=True, slots=True)
class Numbers(Answer):
    """What a thing did on one side."""

    calls: int
    errors: int
    calls_per_minute: float
    mean_ns: int | None
    """Null without calls, like the quantiles."""
    p50_ns: int | None
    p95_ns: int | None
    p99_ns: int | None
    self_ns: int | None = None
    """Own time of a call; null where it is not known."""
    queries_per_call: float | None = None
    """Queries per request, or repeats under one parent; null where it is not known."""


@dataclass(frozen=True, slots=True)
class Measured(Answer):
    """One measure on both sides, and what may be said of the difference."""

    measure: MeasureName
    before: float
    """In nanoseconds for times, a share for errors, a number for the others."""
    after: float
    change: float | None
    """Relative: 0.2 is a fifth more; null when there was nothing before."""
    low: float | None
    """The true change lies between low and high with the confidence of 99 in 100; null when nothing can be said."""
    high: float | None
    probability: float | None
    """How probable a difference as large as this is by chance alone."""
    samples_before: int
    samples_after: int
    smallest_visible: float | None
    """The smallest relative change that would have been seen in four of five cases; null when nothing can be said."""
    verdict: Judged
    is_calibrated: bool = False
    """Whether other operations and earlier windows said how much it moves by itself."""
    note: str = ""
    """Why nothing can be said, or what else explains the difference."""


@dataclass(frozen=True, slots=True)
class Change(Answer):
    """One thing on both sides."""

    subject: Subject
    id: str
    service: str
    environment: str
    """Of the later side."""
    kind: Kind
    name: str
    presence: Presence
    verdict: Judged
    """The gravest of its measures."""
    impact: float
    """How much more of the service's time it takes in the second side: 0.1 is a tenth of all its endpoints' time.
    Negative where it takes less. 0 where nothing is sure."""
    before: Numbers
    after: Numbers
    measures: tuple[Measured, ...]
    slowed_by: str = ""
    """What explains its change: the service as a whole became slower, or an operation that it calls."""


@dataclass(frozen=True, slots=True)
class Shift(Answer):
    """A change that all of a service shares, so that no single thing in it is to blame."""

    service: str
    change: float
    operations: int
    """How many of its operations moved together."""


@dataclass(frozen=True, slots=True)
class Comparison(Answer):
    """Two sides compared, what matters most first."""

    before: SideShown
    after: SideShown
    method: Literal["windows", "cohorts"]
    """One after the other, or side by side in the same minutes, as in a rolling deployment."""
    worse: int
    better: int
    unchanged: int
    unknown: int
    """How many of the things that are compared are so."""
    shifts: tuple[Shift, ...]
    items: tuple[Change, ...]
    left_out: int
    """How many more there are than are listed."""
    notes: tuple[str, ...] = ()
    """What limits the comparison, in words."""
