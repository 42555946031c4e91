"""Log records, their patterns, and the live tail."""

from typing import Annotated

from fastapi import Depends, Header, Query, Request
from starlette.responses import Response, StreamingResponse

from echoline.model.answers import Page
from echoline.model.answers_logs import LogPattern, LogRecord
from echoline.queries import log_patterns, logs
from echoline.queries.logs import LogFilter
from echoline.surfaces.http_api import parameters
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.parameters import Listing
from echoline.surfaces.http_api.routes import router
from echoline.surfaces.http_api.tailing import events, place

routes = router("logs", "read")

Listed = Annotated[Listing, Depends(parameters.listing)]
Filter = Annotated[LogFilter, Depends(parameters.log_filter)]


@routes.get("/logs", response_model=Page[LogRecord])
async def list_logs(request: Request, asking: AskingOf, listed: Listed, wanted: Filter) -> Response:
    """Log records, newest first."""
    return await asking.answer(
        request, lambda store: logs.logs(store, listed.window, wanted, limit=listed.limit, cursor=listed.cursor)
    )


@routes.get("/patterns", response_model=Page[LogPattern])
async def list_patterns(request: Request, asking: AskingOf, listed: Listed, wanted: Filter) -> Response:
    """Log records grouped by the template of their text, the most frequent first."""
    return await asking.answer(
        request,
        lambda store: log_patterns.log_patterns(store, listed.window, wanted, limit=listed.limit, cursor=listed.cursor),
    )


@routes.get(
    "/logs/tail",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Server-sent events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    },
)
async def tail_logs(
    request: Request,
    parts: PartsOf,
    wanted: Filter,
    after: Annotated[
        int | None, Query(description="Id of the last event seen; only new records if left out.", ge=0, lt=2**53)
    ] = None,
    last_event_id: Annotated[str | None, Header(description="The same, as browsers send it.")] = None,
) -> Response:
    """Log records as they are stored, late ones too, until the connection is closed.

    Server-sent events: `log` with a record, `skipped` with how many were left out when too many came at once, `problem`
    when asking failed and is tried again.
    """
    began = place(after, last_event_id)
    return StreamingResponse(events(request.app.state.tails, parts, wanted, began), media_type="text/event-stream")
