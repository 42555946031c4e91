"""Code objects and flows."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from echoline.kinds import Store
from echoline.model.answers import Page
from echoline.model.answers_code import CodeObject, CodeObjectDetail, Flow, FlowDetail, SourceText
from echoline.model.answers_parameters import Parameters
from echoline.model.window import Window
from echoline.queries import code_objects, flows
from echoline.queries import parameters as inputs
from echoline.queries.calls import Calls
from echoline.queries.deployments import deployments
from echoline.queries.source_texts import source_text
from echoline.queries.windows import duration_ns
from echoline.queries.windows import window as window_between
from echoline.surfaces.http_api import parameters
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.parameters import Listing
from echoline.surfaces.http_api.problems import not_found
from echoline.surfaces.http_api.routes import missing, router

routes = router("code", "read")

# What was deployed last may run for long.
_DEPLOYED_WITHIN = "90d"

Listed = Annotated[Listing, Depends(parameters.listing)]
InWindow = Annotated[Window, Depends(parameters.window_of)]
Key = Annotated[str, Path(description="Its key, like python:shop.cart:Cart.total.", max_length=2000)]
CodeRank = Annotated[
    code_objects.Sort, Query(description="What comes first; `self` is the time that it took itself, in all calls.")
]
FlowRank = Annotated[flows.Sort, Query(description="What comes first; `total` is the time of all traces together.")]


def code_filter(
    service: parameters.Service = "",
    environment: parameters.Environment = "",
    version: parameters.Version = "",
    revision: parameters.Revision = "",
    path: Annotated[str, Query(description="Of their file, or its end.", examples=["shop/cart.py"])] = "",
    name: Annotated[str, Query(description="A part of their key, in any case.", examples=["Cart."])] = "",
    libraries: Annotated[bool, Query(description="Also those of installed packages.")] = True,
) -> code_objects.CodeFilter:
    """Which code objects."""
    return code_objects.CodeFilter(service, environment, version, revision, path, name, libraries)


def flow_filter(
    service: parameters.Service = "",
    environment: parameters.Environment = "",
    version: parameters.Version = "",
    revision: parameters.Revision = "",
    entry: Annotated[str, Query(description="A part of the entry's name, in any case.", examples=["/cart"])] = "",
    code_object: Annotated[
        str, Query(description="Only flows that this code object is on.", examples=["python:shop.cart:Cart.total"])
    ] = "",
) -> flows.FlowFilter:
    """Which flows."""
    return flows.FlowFilter(service, environment, version, revision, entry, code_object)


@routes.get("/code", response_model=Page[CodeObject])
async def list_code_objects(
    request: Request,
    asking: AskingOf,
    listed: Listed,
    wanted: Annotated[code_objects.CodeFilter, Depends(code_filter)],
    sort: CodeRank = "self",
) -> Response:
    """Functions, methods and classes that spans name, with what they cost."""
    return await asking.answer(
        request,
        lambda store: code_objects.code_objects(
            store, listed.window, wanted, sort=sort, limit=listed.limit, cursor=listed.cursor
        ),
    )


@routes.get("/code/{code_object:path}/parameters", response_model=Parameters, responses=missing())
async def show_parameters(
    request: Request,
    asking: AskingOf,
    window: InWindow,
    code_object: Key,
    service: parameters.Service = "",
    environment: parameters.Environment = "",
    version: parameters.Version = "",
    revision: parameters.Revision = "",
    slower_than: Annotated[
        str | None,
        Query(
            description="Calls that take longer are slow, like 250ms; the 95th percentile unless given.",
            max_length=40,
            pattern=parameters.LENGTH,
        ),
    ] = None,
) -> Response:
    """What the calls of a code object are given, and what sets the slow and the failing ones apart; from a sample."""
    calls = Calls(window, code_object, "", service, environment, version, revision)
    limit_ns = None if slower_than is None else duration_ns(slower_than, "slower_than")
    return await asking.answer(request, lambda store: inputs.parameters(store, calls, slower_than_ns=limit_ns))


# Before the route of keys, which would take it; a key has a colon.
@routes.get("/code/file", response_model=SourceText, responses=missing())
async def show_source_text(
    request: Request,
    asking: AskingOf,
    parts: PartsOf,
    path: Annotated[
        str, Query(description="Of the file, or its end.", min_length=1, max_length=1000, examples=["shop/cart.py"])
    ],
    service: parameters.Service = "",
    environment: parameters.Environment = "",
    revision: Annotated[
        str,
        Query(
            description="An id or its first digits, a tag or a branch; what was deployed last if left out.",
            max_length=300,
        ),
    ] = "",
) -> Response:
    """A source file of a configured repository, as it runs: up to 400,000 bytes of its text."""

    def question(store: Store) -> SourceText:
        looked = window_between(_DEPLOYED_WITHIN, None, now_ns=parts.clock())
        told = parts.deployments.told()
        started = deployments(store, looked, service=service, environment=environment, told=told)
        return source_text(parts.library, started, path, service=service, revision=revision.strip())

    return await asking.answer(request, question)


@routes.get("/code/{code_object:path}", response_model=CodeObjectDetail, responses=missing())
async def show_code_object(
    request: Request,
    asking: AskingOf,
    window: InWindow,
    code_object: Key,
    service: parameters.Service = "",
    environment: parameters.Environment = "",
) -> Response:
    """One code object: who calls it, where it is, how its revisions do."""

    def question(store: Store) -> CodeObjectDetail:
        found = code_objects.code_object(store, window, code_object, service=service, environment=environment)
        if found is None:
            raise not_found(f"no code object {code_object!r}; /api/v1/code lists what there is")
        return found

    return await asking.answer(request, question)


@routes.get("/flows", response_model=Page[Flow])
async def list_flows(
    request: Request,
    asking: AskingOf,
    listed: Listed,
    wanted: Annotated[flows.FlowFilter, Depends(flow_filter)],
    sort: FlowRank = "calls",
) -> Response:
    """Ways that requests take, each with its share of all traces that fit the question."""
    return await asking.answer(
        request,
        lambda store: flows.flows(store, listed.window, wanted, sort=sort, limit=listed.limit, cursor=listed.cursor),
    )


@routes.get("/flows/{flow_id}", response_model=FlowDetail, responses=missing())
async def show_flow(
    request: Request,
    asking: AskingOf,
    window: InWindow,
    flow_id: Annotated[str, Path(description="Its id: 16 digits, as lists name it.", pattern="^[0-9a-f]{16}$")],
    environment: parameters.Environment = "",
) -> Response:
    """One flow: its steps, what each costs, and traces that took it."""

    def question(store: Store) -> FlowDetail:
        found = flows.flow(store, window, flow_id, environment=environment)
        if found is None:
            raise not_found(f"no flow {flow_id!r}; /api/v1/flows lists what there is")
        return found

    return await asking.answer(request, question)
