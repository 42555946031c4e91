"""Query parameters that many routes take, and what they mean."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Query

from echoline.errors import BadInput
from echoline.model.answers import Kind, Status
from echoline.model.answers_logs import Severity
from echoline.model.window import Window
from echoline.queries.attribute_conditions import SPELLINGS as CONDITIONS
from echoline.queries.attribute_conditions import condition
from echoline.queries.error_groups import ErrorFilter
from echoline.queries.logs import LogFilter
from echoline.queries.operation_rollups import OperationFilter
from echoline.queries.profiles import ProfileFilter
from echoline.queries.span_filters import SpanFilter
from echoline.queries.windows import SPELLINGS, duration_ns, window
from echoline.surfaces.http_api.access import PartsOf

_MAX_TEXT = 2000
TIME = r"^\s*(now|-?\d{1,9}(\.\d{1,9})?(ms|s|m|h|d|w)|\d{1,10}(\.\d{1,9})?|\d{4}-\d\d-\d\d.*)\s*$"
LENGTH = r"^(\d{1,9}(\.\d{1,9})?(ms|s|m|h|d|w)|\d{1,19})$"


def _text(words: str, *examples: str) -> object:
    return Query(description=words, max_length=_MAX_TEXT, examples=list(examples))


Service = Annotated[str, _text("Only this service.", "shop")]
Environment = Annotated[str, _text("Only this environment.", "prod")]
Version = Annotated[str, _text("Only this version of the service.", "1.4.2")]
Revision = Annotated[str, _text("Only this revision: a commit.", "2ac89889")]
Since = Annotated[
    str | None,
    Query(
        description=f"Start of the window: {SPELLINGS}. 24 h before `until` if left out.",
        pattern=TIME,
        examples=["1h"],
    ),
]
Until = Annotated[
    str | None,
    Query(description=f"End of the window: {SPELLINGS}. Now if left out.", pattern=TIME, examples=["now"]),
]
SinceOr30d = Annotated[
    str | None,
    Query(
        description=f"Start of the window: {SPELLINGS}. 30 days before `until` if left out.",
        pattern=TIME,
        examples=["7d"],
    ),
]
SinceEver = Annotated[
    str | None,
    Query(description=f"Start of the window: {SPELLINGS}. Everything if left out.", pattern=TIME, examples=["7d"]),
]
Limit = Annotated[int, Query(description="Most items in the answer.", ge=1, le=1000)]
CursorText = Annotated[
    str | None,
    Query(description="`next` of the page before; everything else must stay as it was.", max_length=_MAX_TEXT),
]
Attributes = Annotated[
    list[str],
    Query(
        description=f"Condition on an attribute, also of the resource; may stand several times. {CONDITIONS}. "
        "Old names of attributes find new ones.",
        examples=["http.response.status_code>=500"],
        max_length=20,
    ),
]
Step = Annotated[
    str | None,
    Query(description="Length of a step, like 60s, 5m, 1h; a round one if left out.", pattern=LENGTH, examples=["5m"]),
]
MinDuration = Annotated[
    str | None,
    Query(description="At least this long: 250ms, 1.5s, or nanoseconds.", pattern=LENGTH, examples=["250ms"]),
]
MaxDuration = Annotated[
    str | None, Query(description="At most this long: 250ms, 1.5s, or nanoseconds.", pattern=LENGTH, examples=["10s"])
]


@dataclass(frozen=True)
class Listing:
    """What every list takes."""

    window: Window
    limit: int
    cursor: str | None


def window_of(parts: PartsOf, since: Since = None, until: Until = None) -> Window:
    """The window asked for."""
    return window(since, until, now_ns=parts.clock())


def listing(
    parts: PartsOf,
    since: Since = None,
    until: Until = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Listing:
    """Window, limit and cursor; a cursor brings its own window, so `since` and `until` are not read with it."""
    asked = window(None, None, now_ns=parts.clock()) if cursor else window(since, until, now_ns=parts.clock())
    return Listing(asked, limit, cursor or None)


def operation_filter(
    service: Service = "",
    environment: Environment = "",
    version: Version = "",
    revision: Revision = "",
    kind: Annotated[list[Kind], Query(description="Only these span kinds.")] = [],  # noqa: B006 (FastAPI copies it)
    name: Annotated[str, _text("A part of the operation's name, in any case.", "recipes")] = "",
) -> OperationFilter:
    """Which operations."""
    return OperationFilter(service, environment, version, revision, tuple(dict.fromkeys(kind)), name)


def population(
    service: Service = "",
    environment: Environment = "",
    version: Version = "",
    revision: Revision = "",
    operation: Annotated[str, _text("Name of the span's operation.", "GET /api/recipes/{slug}")] = "",
    kind: Annotated[list[Kind], Query(description="Only spans of these kinds.")] = [],  # noqa: B006
    entry: Annotated[bool, Query(description="Only requests and messages that arrived, and roots.")] = False,
    attribute: Attributes = [],  # noqa: B006
    text: Annotated[
        list[str],
        Query(description="Stands in names, messages, statements or attribute values, in any case.", max_length=20),
    ] = [],  # noqa: B006
) -> SpanFilter:
    """Which spans, whatever their duration and status."""
    return SpanFilter(
        service=service,
        environment=environment,
        version=version,
        revision=revision,
        operation=operation,
        kinds=tuple(dict.fromkeys(kind)),
        entry=entry,
        attributes=tuple(condition(each) for each in attribute),
        text=tuple(each for each in text if each),
    )


def span_filter(
    wanted: Annotated[SpanFilter, Depends(population)],
    status: Annotated[Status | None, Query(description="Only spans with this status.")] = None,
    min_duration: MinDuration = None,
    max_duration: MaxDuration = None,
) -> SpanFilter:
    """Which spans: all conditions hold for one span."""
    low, high = bounds(min_duration, max_duration)
    return replace(wanted, status=status, min_duration_ns=low, max_duration_ns=high)


def bounds(min_duration: str | None, max_duration: str | None) -> tuple[int | None, int | None]:
    """Both in nanoseconds, None where not given."""
    return (
        None if min_duration is None else duration_ns(min_duration, "min_duration"),
        None if max_duration is None else duration_ns(max_duration, "max_duration"),
    )


def log_filter(
    service: Service = "",
    environment: Environment = "",
    version: Version = "",
    severity: Annotated[Severity | None, Query(description="At least this severity.")] = None,
    trace: Annotated[
        str,
        Query(
            description="Only records of this trace: its id, or at least 8 of its first digits.",
            pattern="^([0-9a-fA-F]{8,32})?$",
        ),
    ] = "",
    span: Annotated[
        str, Query(description="Only records of this span: its 16 digits.", pattern="^([0-9a-fA-F]{16})?$")
    ] = "",
    pattern: Annotated[str, Query(description="Id of a log pattern: its 16 digits.", pattern="^([0-9a-f]{16})?$")] = "",
    exception: Annotated[str, _text("Type of the exception told.", "KeyError")] = "",
    text: Annotated[
        list[str],
        Query(
            description="Whole words that follow each other in the text, in any case; `*part*` for any part.",
            examples=["connection refused"],
            max_length=20,
        ),
    ] = [],  # noqa: B006
    attribute: Attributes = [],  # noqa: B006
) -> LogFilter:
    """Which log records."""
    return LogFilter(
        service=service,
        environment=environment,
        version=version,
        severity=severity,
        trace_id=trace.lower(),
        span_id=span.lower(),
        pattern_id=pattern,
        exception_type=exception,
        text=tuple(each for each in text if each),
        attributes=tuple(condition(each) for each in attribute),
    )


def profile_filter(
    service: Service = "",
    environment: Environment = "",
    version: Version = "",
    revision: Revision = "",
    type: Annotated[  # noqa: A002
        str, _text("What was measured: cpu, wall, alloc_space; CPU time where there is some if left out.", "cpu")
    ] = "",
    operation: Annotated[str, _text("Only samples of traces with a span of this operation.", "GET /cart")] = "",
    trace: Annotated[
        str,
        Query(
            description="Only samples of this trace: its id, or at least 8 of its first digits.",
            pattern="^([0-9a-fA-F]{8,32})?$",
        ),
    ] = "",
    span: Annotated[
        str, Query(description="Only samples of this span: its 16 digits.", pattern="^([0-9a-fA-F]{16})?$")
    ] = "",
    function: Annotated[
        str, _text("Only stacks with this function: its whole name, or the end of it behind a dot.", "Cart.total")
    ] = "",
) -> ProfileFilter:
    """Which samples."""
    return ProfileFilter(
        service, environment, version, revision, type, operation, trace.lower(), span.lower(), function
    )


def error_filter(
    service: Service = "",
    environment: Environment = "",
    version: Version = "",
    revision: Revision = "",
    type: Annotated[str, _text("A part of the error's type, in any case.", "KeyError")] = "",  # noqa: A002
    operation: Annotated[str, _text("Name of the operation it ended.", "GET /cart")] = "",
) -> ErrorFilter:
    """Which errors."""
    return ErrorFilter(service, environment, version, revision, type, operation)


def step_ns_of(step: str | None) -> int | None:
    """A step in nanoseconds. Raises BadInput for a step of no length."""
    if step is None:
        return None
    found = duration_ns(step, "step")
    if found == 0:
        raise BadInput("step = '0': a step has a length, like 60s")
    return found
