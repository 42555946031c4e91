"""What the surfaces answer with: pages, health, services, operations, errors. `answers_*.py` beside it hold the rest.

The field names are the stable JSON names. Times are `Instant`, durations integers in nanoseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Generic, Literal, TypeVar, get_args

from echoline.model.instants import Instant

Kind = Literal["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
Status = Literal["UNSET", "OK", "ERROR"]

# Their place is OpenTelemetry's number of them.
KINDS: tuple[Kind, ...] = get_args(Kind)
STATUSES: tuple[Status, ...] = get_args(Status)

T = TypeVar("T")


def kind_of(number: int) -> Kind:
    """The name of a span kind; UNSPECIFIED for a number that OpenTelemetry does not know."""
    return KINDS[number] if 0 <= number < len(KINDS) else "UNSPECIFIED"


def status_of(number: int) -> Status:
    """The name of a span status; UNSET for a number that OpenTelemetry does not know."""
    return STATUSES[number] if 0 <= number < len(STATUSES) else "UNSET"


class Answer:
    """What all answers share: the texts under their fields describe them in OpenAPI."""

    __slots__ = ()
    __pydantic_config__: ClassVar[Mapping[str, bool]] = {"use_attribute_docstrings": True}


@dataclass(frozen=True, slots=True)
class Page(Answer, Generic[T]):
    """Some items of a list, and how to get the following ones."""

    items: tuple[T, ...]
    next: str | None
    """Cursor of the following page; null on the last one. It belongs to the same question and to no other."""
    since: Instant
    """Start of the window that was asked, as it was aligned."""
    until: Instant
    """End of the window, exclusive."""
    newest: Instant | None = None
    """When there are no items: the time of the newest data of this kind, null if there is none at all."""


@dataclass(frozen=True, slots=True)
class Stored(Answer):
    """Rows present in the store, but for the metric points that Echoline sends about itself."""

    spans: int
    logs: int
    metric_points: int
    profile_samples: int = 0


@dataclass(frozen=True, slots=True)
class Health(Answer):
    """Whether Echoline works, what it holds and what it could not keep."""

    status: Literal["ok", "degraded"]
    version: str
    stored: Stored
    rejected: Mapping[str, int]
    """Items refused at load, by reason."""
    cut: Mapping[str, int]
    """Items kept but shortened, by reason."""
    refused: Mapping[str, int]
    """Requests turned away at the door since its last start, by reason."""
    quarantined: int
    """Requests that could not be decoded and are kept aside."""
    lag_seconds: float
    """Age of the oldest accepted request that cannot be asked yet; 0 when there is none."""
    problems: tuple[str, ...] = ()
    """Why the status is degraded, and what to do."""
    decoding: Literal["fast", "slow"] = "fast"
    """Slow when the fast way and the slow one read a built-in request differently at the start."""


@dataclass(frozen=True, slots=True)
class Service(Answer):
    """One service in one environment."""

    service: str
    environment: str
    versions: tuple[str, ...]
    revisions: tuple[str, ...]
    calls: int
    """Calls of its endpoints."""
    errors: int
    """Of those, the ones that ended with status ERROR."""
    p50_ns: int | None
    """Durations of its endpoints; null without calls."""
    p95_ns: int | None
    p99_ns: int | None
    spans: int
    """All its spans, reports of one call by two instrumentations counted once."""
    last_seen: Instant | None
    """Time of its newest span, log record or metric point in the window, but the minute where only rollups are left;
    null when it sent nothing in the window."""


@dataclass(frozen=True, slots=True)
class Operation(Answer):
    """What spans are instances of: a service, a kind and a name without ids."""

    id: str
    service: str
    environment: str
    kind: Kind
    name: str
    calls: int
    errors: int
    p50_ns: int
    """Quantiles are off by at most 1 %."""
    p95_ns: int
    p99_ns: int
    duration_sum_ns: int
    """All its calls together: what is worth making faster."""


@dataclass(frozen=True, slots=True)
class Endpoint(Operation):
    """An operation of kind SERVER or CONSUMER."""

    method: str
    """HTTP method; empty when it is no HTTP endpoint."""
    route: str
    """HTTP route in one spelling; empty when unknown."""


@dataclass(frozen=True, slots=True)
class OperationPoint(Answer):
    """One step of an operation's time series."""

    time: Instant
    calls: int
    errors: int
    p50_ns: int
    p95_ns: int
    p99_ns: int


@dataclass(frozen=True, slots=True)
class OperationDetail(Operation):
    """One operation over time. `environment` is empty when the numbers join several; `environments` names them."""

    environments: tuple[str, ...]
    versions: tuple[str, ...]
    revisions: tuple[str, ...]
    since: Instant
    until: Instant
    step_ns: int
    points: tuple[OperationPoint, ...]
    """In order of time; steps without calls are left out."""
    newest: Instant | None = None
    """When it had no calls: the time of its service's newest span."""


@dataclass(frozen=True, slots=True)
class ErrorGroup(Answer):
    """Errors of one type in one operation."""

    id: str
    source: Literal["span", "log"]
    """Where it was told: as a span's exception event or status, or as a log record."""
    type: str
    """Exception type, else `error.type`; empty for a span that only says ERROR."""
    service: str
    environment: str
    operation_id: str | None
    """Null for errors told by log records."""
    operation: str
    kind: Kind
    count: int
    traces: int
    """In about how many traces."""
    first_seen: Instant
    """Within the window."""
    last_seen: Instant
    message: str
    """Of the newest one."""
    stack: str
    """Of the newest one that has a stack; empty if none does."""
    trace_id: str | None
    """An example: of the newest one that is in a trace."""
    span_id: str | None
    code_object: str = ""
    """Key of what raised it; `?` stands for a module that is not known."""
    function: str = ""
    """What raised it, as the stack names it: the innermost of the program's own code, else of a library. Empty when
    there is no stack, or none that can be read."""
    file: str = ""
    line: int = 0
    is_library: bool = False
    """No function of the program itself is in the stack."""


@dataclass(frozen=True, slots=True)
class AttributeKey(Answer):
    """An attribute to search by."""

    key: str
    share: float
    """In which part of the sampled items it stands, 0 to 1."""
    values: tuple[str, ...]
    """Its most frequent values, at most ten."""
