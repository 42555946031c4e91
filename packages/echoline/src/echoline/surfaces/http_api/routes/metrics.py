"""Metrics: the catalogue, series, exemplars; and which attributes there are to search by."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from echoline.kinds import Store
from echoline.model.answers import AttributeKey, Page
from echoline.model.answers_metrics import Exemplar, Metric, SeriesSet
from echoline.model.instants import rfc3339
from echoline.model.records import Signal
from echoline.model.window import Window
from echoline.queries import metrics, series
from echoline.queries.attribute_conditions import condition
from echoline.queries.attribute_keys import attribute_keys
from echoline.queries.metric_rows import MetricFilter
from echoline.surfaces.http_api import parameters
from echoline.surfaces.http_api.access import AskingOf
from echoline.surfaces.http_api.parameters import Listing
from echoline.surfaces.http_api.routes import missing, router

routes = router("metrics", "read")

InWindow = Annotated[Window, Depends(parameters.window_of)]
# A name may have slashes in it.
Name = Annotated[str, Path(description="Name of the metric.", min_length=1, max_length=1000)]


@routes.get("/metrics", response_model=Page[Metric])
async def list_metrics(
    request: Request,
    asking: AskingOf,
    listed: Annotated[Listing, Depends(parameters.listing)],
    service: parameters.Service = "",
    environment: parameters.Environment = "",
    name: Annotated[str, Query(description="A part of the name, in any case.", max_length=1000)] = "",
) -> Response:
    """What is measured, and what can be asked of it."""
    return await asking.answer(
        request,
        lambda store: metrics.metrics(
            store,
            listed.window,
            service=service,
            environment=environment,
            name=name,
            limit=listed.limit,
            cursor=listed.cursor,
        ),
    )


def metric_filter(
    name: Name,
    service: parameters.Service = "",
    environment: parameters.Environment = "",
    version: parameters.Version = "",
    revision: parameters.Revision = "",
    attribute: parameters.Attributes = [],  # noqa: B006
) -> MetricFilter:
    """Which points."""
    return MetricFilter(name, service, environment, version, revision, tuple(condition(each) for each in attribute))


@routes.get("/metrics/{name:path}/series", response_model=SeriesSet, responses=missing())
async def show_series(
    request: Request,
    asking: AskingOf,
    window: InWindow,
    wanted: Annotated[MetricFilter, Depends(metric_filter)],
    function: Annotated[
        str | None,
        Query(
            description="What fits the type, as the catalogue says; of histograms any percentile, like p99.9.",
            max_length=20,
        ),
    ] = None,
    by: Annotated[list[str], Query(description="A line per value of these attributes.", max_length=20)] = [],  # noqa: B006
    step: parameters.Step = None,
    limit: Annotated[int, Query(description="Most lines in the answer.", ge=1, le=200)] = 20,
) -> Response:
    """A metric over time: rates and increases across resets and gaps, levels, percentiles."""
    step_ns = parameters.step_ns_of(step)
    return await asking.answer(
        request,
        lambda store: series.series(store, window, wanted, function=function, by=by, step_ns=step_ns, limit=limit),
    )


@routes.get("/metrics/{name:path}/exemplars", response_model=Page[Exemplar], responses=missing())
async def list_exemplars(
    request: Request,
    asking: AskingOf,
    window: InWindow,
    name: Name,
    service: parameters.Service = "",
    environment: parameters.Environment = "",
    limit: parameters.Limit = 100,
) -> Response:
    """Values with the spans that they were measured in, the newest."""
    return await asking.answer(
        request,
        lambda store: metrics.exemplars(store, window, name, service=service, environment=environment, limit=limit),
    )


@routes.get("/attributes", response_model=Page[AttributeKey])
async def list_attributes(
    request: Request,
    asking: AskingOf,
    window: InWindow,
    signal: Annotated[Signal, Query(description="Of which items.")] = "traces",
    service: parameters.Service = "",
    prefix: Annotated[str, Query(description="How the name begins, in any case.", max_length=1000)] = "",
    limit: parameters.Limit = 100,
) -> Response:
    """Attributes to search by with their usual values, from a sample of the newest items."""

    def question(store: Store) -> Page[AttributeKey]:
        found = attribute_keys(store, window, signal, service=service, prefix=prefix, limit=limit)
        return Page(found, None, rfc3339(window.since_ns), rfc3339(window.until_ns))

    return await asking.answer(request, question)
