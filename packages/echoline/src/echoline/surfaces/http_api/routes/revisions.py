"""Revisions of the configured repositories, and where each of them has come to."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from echoline.model.answers import Page
from echoline.model.answers_revisions import Revision
from echoline.queries.revisions import RevisionFilter, revisions
from echoline.queries.windows import window
from echoline.surfaces.http_api import parameters
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.routes import missing, router
from echoline.surfaces.http_api.routes.deployments import known

routes = router("revisions", "read")

_BEGINNING = "0"


@routes.get("/revisions", response_model=Page[Revision], responses=missing())
async def list_revisions(
    request: Request,
    asking: AskingOf,
    parts: PartsOf,
    service: parameters.Service = "",
    environment: parameters.Environment = "",
    revision: Annotated[
        str,
        Query(description="Only this one: an id or its first digits, a tag, a branch.", max_length=300),
    ] = "",
    since: parameters.SinceEver = None,
    until: parameters.Until = None,
    limit: parameters.Limit = 100,
    cursor: parameters.CursorText = None,
) -> Response:
    """Commits that were made or deployed in the window, newest first, with the deployments that they came with.

    Without a repository these are the revisions that telemetry tells of.
    """
    asked = window(since or _BEGINNING, until, now_ns=parts.clock())
    wanted = RevisionFilter(service, environment, revision.strip())
    return await asking.answer(
        request,
        lambda store: revisions(store, asked, wanted, known(parts), parts.library, limit=limit, cursor=cursor or None),
    )
