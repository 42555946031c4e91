"""A shop in Starlette, one part of it mounted."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route


async def item(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(request.path_params["number"] * 2))


routes = [Route("/items/{number:int}", item)]
app = Starlette(routes=[*routes, Mount("/shop", app=Starlette(routes=routes))])
