"""Repositories of code, as the settings name them."""

from fastapi import Request
from starlette.responses import Response

from echoline.kinds import Store
from echoline.model.revisions import RepositoryList
from echoline.queries.services import services
from echoline.queries.windows import window
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.parts import Parts
from echoline.surfaces.http_api.routes import router

routes = router("repositories", "read")
fetching = router("repositories", "admin")

_MOST_SERVICES = 1000


@routes.get("/repositories", response_model=RepositoryList)
async def list_repositories(request: Request, asking: AskingOf, parts: PartsOf) -> Response:
    """Every configured repository: commits, newest one, and what keeps us from reading it.

    Revisions that services reported in the last 24 hours and that git does not know are told as a problem.
    """
    return await asking.answer(request, lambda store: RepositoryList(parts.library.states(_seen(store, parts))))


@fetching.post("/repositories/fetch", response_model=RepositoryList)
async def fetch_repositories(request: Request, asking: AskingOf, parts: PartsOf) -> Response:
    """Brings the copies of repositories with a URL up to date, then answers as the list does."""

    def question(store: Store) -> RepositoryList:
        parts.library.fetch()
        return RepositoryList(parts.library.states(_seen(store, parts)))

    return await asking.answer(request, question)


def _seen(store: Store, parts: Parts) -> dict[str, list[str]]:
    """Reported revisions by repository."""
    seen: dict[str, list[str]] = {}
    if parts.library.names:
        found = services(store, window(None, None, now_ns=parts.clock()), limit=_MOST_SERVICES)
        for each in found.items:
            name = parts.library.repository_of(each.service)
            if name is not None:
                seen.setdefault(name, []).extend(each.revisions)
    return seen
