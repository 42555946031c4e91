"""For whoever watches this process and for people who come by: liveness, readiness, a page that says what this is."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from echoline.errors import EcholineError
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.page import ICON, STYLE, page
from echoline.surfaces.http_api.problems import problem

routes = APIRouter(include_in_schema=False)
_READY_S = 2.0


@routes.api_route("/healthz", methods=["GET", "HEAD"])
async def is_alive() -> Response:
    """This process answers."""
    return Response(b"ok\n", media_type="text/plain")


@routes.api_route("/readyz", methods=["GET", "HEAD"])
async def is_ready(request: Request, asking: AskingOf, parts: PartsOf) -> Response:
    """The engine answers too."""
    try:
        await asking.run(request, lambda: parts.engine.query("SELECT 1", timeout_s=_READY_S))
    except EcholineError as error:
        return problem(503, str(error), headers={"retry-after": "1"})
    return Response(b"ready\n", media_type="text/plain")


@routes.get("/")
async def front_page(parts: PartsOf) -> Response:
    """What runs here and how to ask it."""
    return HTMLResponse(page(parts.otlp_http()))


@routes.get("/style.css")
async def style() -> Response:
    """Of the page."""
    return Response(STYLE, media_type="text/css")


@routes.get("/favicon.svg")
async def icon() -> Response:
    """Of the page."""
    return Response(ICON, media_type="image/svg+xml")
