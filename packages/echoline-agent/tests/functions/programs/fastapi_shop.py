"""A shop on FastAPI with every way to write a view that we know of."""
# A program as users write it, on frameworks without types.
# mypy: ignore-errors

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import requests
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, WebSocket
from fastapi.concurrency import run_in_threadpool
from opentelemetry import trace
from shelves import OTHER, Carts, ask_sqlite
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute

tracer = trace.get_tracer("shop")
ASGI = app = FastAPI()


def logged(view: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(view)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        with tracer.start_as_current_span("logged", attributes={"by": f"fastapi_shop.{view.__name__}"}):
            return await view(*args, **kwargs)

    return wrapper


@app.middleware("http")
async def timed(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    with tracer.start_as_current_span("timed", attributes={"by": "fastapi_shop.timed"}):
        return await call_next(request)


def user(fail: bool = False) -> str:
    ask_sqlite("shelves.ask_sqlite", "SELECT 1")
    if fail:
        raise HTTPException(401)
    return "ada"


@app.get("/sync")
def sync_view(name: str = Depends(user)) -> list[int]:
    return Carts().numbers()


@app.get("/async")
async def async_view() -> int:
    async with httpx.AsyncClient() as client:
        await client.get(f"{OTHER['address']}/by/fastapi_shop.async_view")
        both = [client.get(f"{OTHER['address']}/by/fastapi_shop.async_view") for _ in range(2)]
        answers = await asyncio.gather(*both)
    return len(answers)


@app.get("/thread")
async def thread_view() -> int:
    return len(await run_in_threadpool(in_a_thread))


def in_a_thread() -> str:
    return requests.get(f"{OTHER['address']}/by/fastapi_shop.in_a_thread", timeout=5).text


@app.get("/count/{number}")
async def count_view(number: int) -> int:
    return Carts().count + len(Carts.sizes([number]))


@app.get("/decorated")
@logged
async def decorated_view() -> str:
    return "fine"


@app.get("/fails")
async def failing_view() -> None:
    ask_sqlite("shelves.ask_sqlite", "SELECT 2")
    raise ValueError("no stock")


@app.get("/background")
async def background_view(tasks: BackgroundTasks) -> str:
    tasks.add_task(afterwards)
    return "later"


def afterwards() -> None:
    ask_sqlite("shelves.ask_sqlite", "SELECT 3")


class Caller:
    async def __call__(self) -> str:
        return "called"


def shelf(kind: str, number: int = 1) -> str:
    return f"{kind} {number}"


app.get("/callable")(Caller())
app.get("/partial")(functools.partial(shelf, "books"))

nested = APIRouter(prefix="/nested")
deeper = APIRouter(prefix="/deeper")


@deeper.post("/{item}")
async def nested_view(item: str) -> str:
    async def inner() -> str:
        with tracer.start_as_current_span("inner", attributes={"by": "fastapi_shop.nested_view.<locals>.inner"}):
            return item

    return await inner()


nested.include_router(deeper)
app.include_router(nested)

mounted = FastAPI()


@mounted.get("/things/{thing}")
async def mounted_view(thing: int) -> int:
    return sum(value for value in Carts().numbers()) + thing


app.mount("/mounted", mounted)


class Orders(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        return JSONResponse(Carts().numbers())

    def post(self, request: Request) -> Response:
        return Response("made")


async def plain_view(request: Request) -> Response:
    return Response("plain")


app.mount("/star", Starlette(routes=[Route("/orders", Orders), Mount("/in", routes=[Route("/plain", plain_view)])]))


@app.websocket("/socket")
async def socket_view(socket: WebSocket) -> None:
    await socket.accept()
    ask_sqlite("shelves.ask_sqlite", f"SELECT '{await socket.receive_text()}'")


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        await websocket.send_text(data)


app.router.routes.append(WebSocketRoute("/echo", Echo))

_VIEWS = {
    "GET /sync": "sync_view",
    "GET /sync?fail=1": "sync_view",
    "GET /async": "async_view",
    "GET /thread": "thread_view",
    "GET /count/3": "count_view",
    "GET /count/three": "count_view",
    "GET /decorated": "decorated_view",
    "GET /fails": "failing_view",
    "GET /background": "background_view",
    "GET /callable": "Caller.__call__",
    "GET /partial": "shelf",
    "POST /nested/deeper/box": "nested_view",
    "GET /mounted/things/4": "mounted_view",
    "GET /star/orders": "Orders.get",
    "HEAD /star/orders": "Orders.get",
    "POST /star/orders": "Orders.post",
    "GET /star/in/plain": "plain_view",
    "WS /socket": "socket_view",
    "WS /echo": "Echo",
    "GET /nowhere": "",
    "POST /sync": "",
}
SERVED = {request.split("?")[0]: f"fastapi_shop.{view}" if view else "" for request, view in _VIEWS.items()}
REQUESTS = [request for request in _VIEWS if not request.startswith("WS")]
WEBSOCKETS = ["/socket", "/echo"]
