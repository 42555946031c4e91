"""An API over the engine of this test process, through the socket and the client that the real one uses."""

import asyncio
import itertools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from batches import NOW_NS
from echoline import tokens_file
from echoline.config import RepositoryConfig, ServerConfig, Settings
from echoline.journal.status import ReceiveStatus
from echoline.pipeline.quarantine import Quarantine
from echoline.privacy.preview import preview
from echoline.source.library import Library
from echoline.state.database import Database
from echoline.state.deployments import Deployments
from echoline.state.tokens import Tokens
from echoline.stores.client import Client
from echoline.stores.server import Operation, Server
from echoline.surfaces.http_api.application import api
from echoline.surfaces.http_api.parts import Parts

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

_SOCKETS = itertools.count()


@dataclass
class Api:
    """The application, and what it works with."""

    app: Any
    parts: Parts
    received: list[ReceiveStatus | None] = field(default_factory=lambda: [None])

    def get(self, path: str, **options: Any) -> httpx.Response:
        """The answer to a GET of a path below /api/v1, or of any path that begins with a slash."""
        return self.send("GET", path, **options)

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer to any request."""
        url = path if path.startswith("/") else f"/api/v1/{path}"
        return asyncio.run(self._send(method, url, **options))

    def json(self, path: str, **params: Any) -> Any:
        """The JSON of an answer that must be fine."""
        answer = self.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def _send(self, method: str, url: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, url, **options)


def problem(answer: httpx.Response, status: int) -> str:
    """The words of an answer that tells what went wrong."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = json.loads(answer.content)
    assert told["status"] == status
    return str(told["detail"])


@contextmanager
def api_over(
    engine: "Engine",
    folder: Path,
    *,
    server: ServerConfig | None = None,
    operations: dict[str, Operation] | None = None,
    clock: Callable[[], int] = lambda: NOW_NS,
    repositories: tuple[RepositoryConfig, ...] = (),
) -> Iterator[Api]:
    """An API whose data directory is `folder`."""
    path = folder / f"{next(_SOCKETS)}.sock"
    socket = Server(path, engine, operations or {}, threads=2, timeout_s=20)
    client = Client(path)
    try:
        yield _api(client, Settings(data_dir=folder, server=server or ServerConfig(), repositories=repositories), clock)
    finally:
        client.close()
        socket.close()


def _api(client: Client, settings: Settings, clock: Callable[[], int]) -> Api:
    published = tokens_file.path_in(settings.data_dir)
    is_open = tokens_file.is_loopback(settings.server.host)
    received: list[ReceiveStatus | None] = [None]
    database = Database(settings.data_dir / "state.sqlite")
    parts = Parts(
        engine=client,
        settings=settings,
        authority=tokens_file.Authority(published, is_open=is_open),
        tokens=Tokens(database, published, clock),
        deployments=Deployments(database, clock),
        quarantine=Quarantine(settings.data_dir / "quarantine", settings.limits),
        library=Library(settings, {"PATH": os.defpath}),
        receive_status=lambda: received[0],
        otlp_http=lambda: "http://127.0.0.1:4555",
        redaction_preview=lambda rules, items: preview(rules, b"0" * 32, items),
        clock=clock,
        version="1.2.3",
    )
    return Api(api(parts), parts, received)
