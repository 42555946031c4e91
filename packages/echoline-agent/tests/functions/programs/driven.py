"""Serves one of the small applications beside it, asks it for everything it has, and prints its spans as JSON.

    python driven.py fastapi_shop

The application says itself which function is behind what: SQL carries a comment `by=FUNCTION`, an address that is
called ends in `/by/FUNCTION`, a span of its own has an attribute `by`, and `SERVED` has the functions of its views.
"""

import asyncio
import http.client
import importlib
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from echoline_agent import functions
from echoline_agent.settings import AgentSettings

BY = re.compile(r"\bby[=/]([\w.<>]+)")


class Answer(BaseHTTPRequestHandler):
    """The service that the applications call."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


class Quiet(WSGIRequestHandler):
    def get_environ(self) -> Any:
        """With the address, as other servers give it."""
        return super().get_environ() | {"REQUEST_URI": self.path}

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def other_service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def ask(port: int, requests: list[str]) -> list[str]:
    """Sends `METHOD /path` one by one; answers with their status."""
    statuses = []
    for request in requests:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        method, path = request.split(" ", 1)
        connection.request(method, path)
        response = connection.getresponse()
        response.read()
        statuses.append(f"{request} {response.status}")
        connection.close()
    return statuses


def with_wsgi(application: Any, requests: list[str]) -> list[str]:
    """Served by the thread that also runs this program: so the stack of each request begins here."""
    statuses: list[str] = []
    server = make_server("127.0.0.1", 0, application, WSGIServer, Quiet)

    def client() -> None:
        statuses.extend(ask(server.server_port, requests))
        server.shutdown()

    thread = threading.Thread(target=client)
    thread.start()
    server.serve_forever(poll_interval=0.05)
    thread.join()
    server.server_close()
    return statuses


def with_asgi(application: Any, requests: list[str]) -> list[str]:
    import uvicorn

    statuses: list[str] = []
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="error", lifespan="auto"))

    async def both() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        statuses.extend(await asyncio.to_thread(ask, port, requests))
        server.should_exit = True
        await serving

    asyncio.run(both())
    return statuses


async def websocket(application: Any, path: str) -> None:
    """One connection with one message, as a server would hand it to the application."""
    incoming = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "hello"}])

    async def receive() -> dict[str, Any]:
        return next(incoming, {"type": "websocket.disconnect", "code": 1000})

    async def send(_: object) -> None:
        await asyncio.sleep(0)

    scope = {"type": "websocket", "path": path, "headers": [], "query_string": b"", "scheme": "ws", "subprotocols": []}
    await application({"asgi": {"version": "3.0"}, "root_path": "", **scope}, receive, send)


def told(span: ReadableSpan, served: dict[str, str]) -> dict[str, Any]:
    attributes = dict(span.attributes or {})
    if span.kind is trace.SpanKind.SERVER:
        method = attributes.get("http.request.method") or attributes.get("http.method") or "WS"
        path = attributes.get("url.path") or attributes.get("http.target") or "/" + str(span.name).split(" /", 1)[-1]
        truth = served.get(f"{method} {path}", "unknown")
    else:
        texts = [str(value) for key, value in attributes.items() if not key.startswith("code.")]
        found = next((match for text in texts if (match := BY.search(text))), None)
        truth = str(attributes["by"]) if "by" in attributes else found[1] if found else ""
    code = {key.removeprefix("code."): value for key, value in attributes.items() if key.startswith("code.")}
    return {"kind": span.kind.name, "name": span.name, "truth": truth, **code}


def main(name: str) -> None:
    os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "http"
    provider = TracerProvider()
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    functions.attach(provider, AgentSettings())
    with other_service() as address:
        application = importlib.import_module(name)
        application.OTHER["address"] = address
        serve: Callable[[Any, list[str]], list[str]] = with_asgi if hasattr(application, "ASGI") else with_wsgi
        app = application.ASGI if hasattr(application, "ASGI") else application.WSGI
        statuses = serve(app, application.REQUESTS)
        for path in getattr(application, "WEBSOCKETS", []):
            asyncio.run(websocket(app, path))
    spans = [told(span, application.SERVED) for span in exporter.get_finished_spans()]
    print(json.dumps({"statuses": statuses, "spans": spans}))


if __name__ == "__main__":
    main(sys.argv[1])
