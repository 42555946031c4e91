"""Services, operations and endpoints."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from echoline.kinds import Store
from echoline.model.answers import Endpoint, Operation, OperationDetail, Page, Service
from echoline.model.window import Window
from echoline.queries import one_operation, operations, services
from echoline.queries.operation_rollups import OperationFilter
from echoline.queries.operations import Sort
from echoline.surfaces.http_api import parameters
from echoline.surfaces.http_api.access import AskingOf
from echoline.surfaces.http_api.parameters import Listing
from echoline.surfaces.http_api.problems import not_found
from echoline.surfaces.http_api.routes import missing, router

routes = router("operations", "read")

Listed = Annotated[Listing, Depends(parameters.listing)]
Filter = Annotated[OperationFilter, Depends(parameters.operation_filter)]
Rank = Annotated[Sort, Query(description="What comes first; `total` is the time of all calls together.")]


@routes.get("/services", response_model=Page[Service])
async def list_services(
    request: Request,
    asking: AskingOf,
    listed: Listed,
    service: parameters.Service = "",
    environment: parameters.Environment = "",
) -> Response:
    """Services by name, with what they are asked for, their versions and revisions."""
    return await asking.answer(
        request,
        lambda store: services.services(
            store,
            listed.window,
            service=service,
            environment=environment,
            limit=listed.limit,
            cursor=listed.cursor,
        ),
    )


@routes.get("/operations", response_model=Page[Operation])
async def list_operations(
    request: Request, asking: AskingOf, listed: Listed, wanted: Filter, sort: Rank = "calls"
) -> Response:
    """Everything that services do: endpoints, queries, calls. The window is widened to whole minutes or hours."""
    return await asking.answer(
        request,
        lambda store: operations.operations(
            store, listed.window, wanted, sort=sort, limit=listed.limit, cursor=listed.cursor
        ),
    )


@routes.get("/endpoints", response_model=Page[Endpoint])
async def list_endpoints(
    request: Request, asking: AskingOf, listed: Listed, wanted: Filter, sort: Rank = "calls"
) -> Response:
    """What services are asked for: operations of kinds SERVER and CONSUMER."""
    return await asking.answer(
        request,
        lambda store: operations.endpoints(
            store, listed.window, wanted, sort=sort, limit=listed.limit, cursor=listed.cursor
        ),
    )


@routes.get("/operations/{operation_id}", response_model=OperationDetail, responses=missing())
async def show_operation(
    request: Request,
    asking: AskingOf,
    window: Annotated[Window, Depends(parameters.window_of)],
    operation_id: Annotated[
        str, Path(description="Id of the operation: 16 digits, as lists name it.", pattern="^[0-9a-f]{16}$")
    ],
    environment: parameters.Environment = "",
    step: parameters.Step = None,
) -> Response:
    """One operation over time; steps are whole minutes."""
    step_ns = parameters.step_ns_of(step)

    def question(store: Store) -> OperationDetail:
        found = one_operation.operation(store, window, operation_id, environment=environment, step_ns=step_ns)
        if found is None:
            raise not_found(f"no operation {operation_id!r}; /api/v1/operations lists what there is")
        return found

    return await asking.answer(request, question)
