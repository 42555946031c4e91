"""Answers about the code of programs: code objects, and flows through them."""

from dataclasses import dataclass

from echoline.model.answers import Answer, Kind
from echoline.model.instants import Instant


@dataclass(frozen=True, slots=True)
class CodeObject(Answer):
    """A function, method or class of a service in one environment, and what its spans cost."""

    code_object: str
    """Its key: `python:shop.cart:Cart.total`."""
    service: str
    environment: str
    language: str
    module: str
    """`?` as long as it is unknown."""
    qualname: str
    is_library: bool
    """Part of the language or of an installed package."""
    file: str
    """As the program last told it; empty when it does not."""
    line: int
    """-1 when it is unknown."""
    calls: int
    errors: int
    p50_ns: int
    """Quantiles are off by at most 1 %."""
    p95_ns: int
    p99_ns: int
    duration_sum_ns: int
    self_p50_ns: int
    """Self time is the duration without the time that called spans cover."""
    self_p95_ns: int
    self_sum_ns: int
    critical_sum_ns: int
    """Its part of the critical paths of its traces: what others waited for."""


@dataclass(frozen=True, slots=True)
class Place(Answer):
    """Where a code object was seen."""

    file: str
    line: int
    version: str
    revision: str
    last_day: str
    """Like 2026-11-22."""


@dataclass(frozen=True, slots=True)
class Caller(Answer):
    """Who called a code object, and for which endpoint."""

    code_object: str
    """The nearest one above; empty when there is none."""
    entry: str
    """The endpoint of the service that it worked for; empty when there is none."""
    calls: int
    errors: int
    duration_sum_ns: int
    self_sum_ns: int
    max_repeats: int
    """The most calls of one operation by one parent."""


@dataclass(frozen=True, slots=True)
class CodeRevision(Answer):
    """A code object in one version and revision."""

    version: str
    revision: str
    calls: int
    errors: int
    p50_ns: int
    p95_ns: int
    p99_ns: int
    self_p50_ns: int
    self_p95_ns: int
    self_sum_ns: int


@dataclass(frozen=True, slots=True)
class FlowShare(Answer):
    """A flow that passes through a code object."""

    flow: str
    entry: str
    calls: int
    """Calls of the code object in it."""
    traces: int


@dataclass(frozen=True, slots=True)
class CodeObjectDetail(CodeObject):
    """One code object with who calls it, where it is, and how its revisions do."""

    since: Instant
    until: Instant
    places: tuple[Place, ...]
    """The newest first."""
    callers: tuple[Caller, ...]
    """The most calls first, at most 50."""
    flows: tuple[FlowShare, ...]
    """The most traces first, at most 50."""
    revisions: tuple[CodeRevision, ...]


@dataclass(frozen=True, slots=True)
class Flow(Answer):
    """Traces that take the same steps, whatever their order and however often."""

    id: str
    service: str
    """Of the span that stands for the trace: its root, or its longest one when that did not come."""
    environment: str
    entry: str
    """The operation of that span."""
    kind: Kind
    services: tuple[str, ...]
    steps_total: int
    calls: int
    """Traces."""
    share: float
    """Part of all traces that were asked about, 0 to 1."""
    errors: int
    """Traces whose root failed."""
    p50_ns: int
    p95_ns: int
    p99_ns: int
    duration_sum_ns: int
    sample: str
    """Id of a trace that took it."""


@dataclass(frozen=True, slots=True)
class FlowStep(Answer):
    """One step of a flow. Numbers are those of all calls of that operation in the flow's traces of the window."""

    depth: int
    service: str
    kind: Kind
    operation: str
    calls: int
    calls_per_trace: float
    max_repeats: int
    """The most that one parent made."""
    errors: int
    duration_sum_ns: int
    self_sum_ns: int
    critical_sum_ns: int
    code_objects: tuple[str, ...]
    """At most five."""
    is_query: bool


@dataclass(frozen=True, slots=True)
class FlowDetail(Flow):
    """One flow with its steps."""

    since: Instant
    until: Instant
    steps: tuple[FlowStep, ...]
    """Depth first, siblings by name."""
    traces: tuple[str, ...]
    """The newest ones, then the slowest one, by id."""


@dataclass(frozen=True, slots=True)
class SourceText(Answer):
    """A source file as it was at a revision."""

    repository: str
    revision: str
    path: str
    """From the top of the repository."""
    text: str
    is_cut: bool
    """Whether it goes on: it is too long to be told whole."""
    is_deployed: bool
    """Whether the revision was taken because it is the newest that was seen running."""
    service: str
    """The service that ran it; empty when the revision comes from elsewhere."""
