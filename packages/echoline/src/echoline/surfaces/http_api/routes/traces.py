"""Traces: search, heat map, what a selection has in common, one trace; and errors."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from echoline.kinds import Store
from echoline.model.answers import ErrorGroup, Page, Status
from echoline.model.answers_traces import Differences, HeatMap, Trace, TraceSummary
from echoline.model.window import Window
from echoline.queries import differences, error_groups, heat_map, one_trace, trace_ids, traces
from echoline.queries.differences import Selection
from echoline.queries.error_groups import ErrorFilter
from echoline.queries.span_filters import SpanFilter
from echoline.queries.traces import TraceSort
from echoline.queries.windows import instant_ns
from echoline.surfaces.http_api import parameters
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.parameters import Listing
from echoline.surfaces.http_api.problems import not_found
from echoline.surfaces.http_api.routes import missing, router

routes = router("traces", "read")

# More in one answer would take hundreds of megabytes; a larger trace says how many it leaves out.
MOST_SPANS = 20_000

Listed = Annotated[Listing, Depends(parameters.listing)]
InWindow = Annotated[Window, Depends(parameters.window_of)]
Filter = Annotated[SpanFilter, Depends(parameters.span_filter)]


@routes.get("/traces", response_model=Page[TraceSummary])
async def list_traces(
    request: Request,
    asking: AskingOf,
    listed: Listed,
    wanted: Filter,
    sort: Annotated[TraceSort, Query(description="What comes first.")] = "newest",
) -> Response:
    """Traces with one span that fits all conditions."""
    return await asking.answer(
        request,
        lambda store: traces.traces(store, listed.window, wanted, sort=sort, limit=listed.limit, cursor=listed.cursor),
    )


@routes.get("/traces/{trace_id}", response_model=Trace, responses=missing())
async def show_trace(
    request: Request,
    asking: AskingOf,
    trace_id: Annotated[
        str,
        Path(
            description="Id of the trace, or as many of its first digits as are unique, at least 8.",
            pattern="^[0-9a-fA-F]{8,32}$",
        ),
    ],
    max_spans: Annotated[
        int, Query(description="Most spans in the answer, the first by start.", ge=1, le=MOST_SPANS)
    ] = 10_000,
    max_logs: Annotated[int, Query(description="Most log records in the answer.", ge=0, le=10_000)] = 1000,
) -> Response:
    """One trace as a tree, depth first, with its log records."""

    def question(store: Store) -> Trace:
        whole = trace_ids.complete(store, trace_id.lower())
        found = one_trace.trace(store, whole, max_spans=max_spans, max_logs=max_logs) if whole else None
        if found is None:
            raise not_found(f"no trace {trace_id!r}; it may not have arrived yet, or be older than retention.raw")
        return found

    return await asking.answer(request, question)


@routes.get("/errors", response_model=Page[ErrorGroup])
async def list_errors(
    request: Request,
    asking: AskingOf,
    listed: Listed,
    wanted: Annotated[ErrorFilter, Depends(parameters.error_filter)],
) -> Response:
    """Errors grouped by type, service and operation, with the newest as an example and its stack."""
    return await asking.answer(
        request,
        lambda store: error_groups.errors(store, listed.window, wanted, limit=listed.limit, cursor=listed.cursor),
    )


@routes.get("/heat-map", response_model=HeatMap)
async def show_heat_map(
    request: Request,
    asking: AskingOf,
    window: InWindow,
    wanted: Filter,
    step: parameters.Step = None,
    columns: Annotated[int, Query(description="About how many steps.", ge=1, le=heat_map.MOST_COLUMNS)] = 80,
) -> Response:
    """Durations of the spans that fit, over time."""
    step_ns = parameters.step_ns_of(step)
    return await asking.answer(
        request, lambda store: heat_map.heat_map(store, window, wanted, step_ns=step_ns, columns=columns)
    )


def selection(
    parts: PartsOf,
    selected_since: parameters.Since = None,
    selected_until: parameters.Until = None,
    status: Annotated[Status | None, Query(description="The selected spans have this status.")] = None,
    min_duration: parameters.MinDuration = None,
    max_duration: parameters.MaxDuration = None,
) -> Selection:
    """The box that was drawn in the heat map, what was slow, or what failed."""
    now_ns = parts.clock()
    chosen = None
    if selected_since is not None or selected_until is not None:
        since_ns = 0 if selected_since is None else instant_ns(selected_since, "selected_since", now_ns=now_ns)
        until_ns = now_ns if selected_until is None else instant_ns(selected_until, "selected_until", now_ns=now_ns)
        chosen = Window(since_ns, until_ns)
    low, high = parameters.bounds(min_duration, max_duration)
    return Selection(chosen, low, high, status)


@routes.get("/differences", response_model=Differences)
async def show_differences(
    request: Request,
    asking: AskingOf,
    window: InWindow,
    wanted: Annotated[SpanFilter, Depends(parameters.population)],
    selected: Annotated[Selection, Depends(selection)],
    limit: Annotated[int, Query(description="Most items in the answer.", ge=1, le=200)] = 20,
) -> Response:
    """In which attributes some spans differ from the others: `status`, durations and `selected_*` say which ones.

    By `status` they are compared within their operations.
    """
    return await asking.answer(
        request, lambda store: differences.differences(store, window, wanted, selected, limit=limit)
    )
