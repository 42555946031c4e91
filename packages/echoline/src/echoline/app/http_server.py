"""Serves an ASGI application on a socket with uvicorn, until the process is told to end."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MAX_HEAD_BYTES = 256 * 1024
_MAX_CONNECTIONS = 4096
# Longer than the interval of exporters, so that they need not connect anew for each export.
_KEEP_ALIVE_S = 75
_GRACE_S = 5


class BoundedProtocol(HttpToolsProtocol):
    """Ends a connection whose request head does not end; the parser would gather it without a bound."""

    _is_in_head = False
    _head_bytes = 0

    def on_message_begin(self) -> None:
        self._is_in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES:
                self.send_400_response("The head of the request is too long.")
                return
        super().data_received(data)


class Server(uvicorn.Server):
    """Leaves the signals to us (uvicorn would raise them again after its end) and tells when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def server(app: Any, ready: Callable[[], None]) -> Server:
    """A server of the application that is not running yet; `ready` is called when it listens."""
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MAX_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )
    return Server(config, ready)


def serve_until_told(app: Any, bound: socket.socket, ready: Callable[[], None]) -> None:
    """Serves until SIGTERM or SIGINT, then lets running requests finish for some seconds. Main thread only."""
    uvloop.run(_serve(server(app, ready), bound))


async def _serve(running: Server, bound: socket.socket) -> None:
    def end() -> None:
        running.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)
    await running.serve(sockets=[bound])
