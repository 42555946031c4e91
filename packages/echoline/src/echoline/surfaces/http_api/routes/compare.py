"""Two versions, revisions, branches, deployments, environments or windows, compared."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from echoline.kinds import Store
from echoline.model.answers_compare import Comparison
from echoline.model.window import Window
from echoline.queries.comparing.comparison import comparison
from echoline.queries.comparing.sides import SPELLINGS, Names
from echoline.queries.deployments import deployments, seen
from echoline.queries.windows import window
from echoline.surfaces.http_api import parameters
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.parts import Parts
from echoline.surfaces.http_api.routes import missing, router

routes = router("compare", "read")

_NAMED_WITHIN = "30d"


def _side(which: str, example: str) -> object:
    return Query(description=f"The {which} side: {SPELLINGS}.", min_length=1, max_length=300, examples=[example])


@routes.get("/compare", response_model=Comparison, responses=missing())
async def compare(
    request: Request,
    asking: AskingOf,
    parts: PartsOf,
    before: Annotated[str, _side("earlier", "previous")] = "previous",
    after: Annotated[str, _side("later", "current")] = "current",
    service: parameters.Service = "",
    environment: parameters.Environment = "",
    since: parameters.SinceOr30d = None,
    until: parameters.Until = None,
    limit: parameters.Limit = 100,
) -> Response:
    """What changed between two sides, each thing with both numbers, an interval and a probability, what matters first.

    Without a window a release is compared around its start: its first two hours, after ten minutes of warm-up, with
    the last two of the release before; releases that run side by side in the same minutes.
    """
    now_ns = parts.clock()
    looked = window(since or _NAMED_WITHIN, until, now_ns=now_ns)
    asked = looked if since or until else None

    def question(store: Store) -> Comparison:
        names = names_of(store, parts, looked, service, environment)
        return comparison(store, names.side(before), names.side(after), asked, limit=limit)

    return await asking.answer(request, question)


def names_of(store: Store, parts: Parts, looked: Window, service: str = "", environment: str = "") -> Names:
    """What can be named in a window."""
    told = parts.deployments.told()
    return Names(
        seen(store, looked, service=service, environment=environment, told=told),
        deployments(store, looked, service=service, environment=environment, told=told),
        looked,
        parts.clock(),
        parts.library.commits_named,
        parts.library.names_of_commits,
    )
