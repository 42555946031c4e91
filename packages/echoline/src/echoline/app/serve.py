"""The answering process: API and page on one port, over the engine's process, which it starts and keeps running."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import cast

from echoline import tokens_file
from echoline.app import data_dir, http_server, own_metrics, sockets
from echoline.app.children import Tell
from echoline.app.fetching import fetching
from echoline.app.listeners import Running
from echoline.app.supervisor import Supervised, Supervisor
from echoline.config import RedactionConfig, Settings
from echoline.journal.status import read_status
from echoline.model.answers_redaction import RedactionPreview
from echoline.pipeline.quarantine import Quarantine
from echoline.pipeline.receipts import Receipts
from echoline.privacy.hash_key import hash_key
from echoline.privacy.preview import preview
from echoline.registry import component
from echoline.source.library import Library
from echoline.state.database import Database
from echoline.state.deployments import Deployments
from echoline.state.tokens import Tokens
from echoline.surfaces.http_api.application import api
from echoline.surfaces.http_api.asking import Answered
from echoline.surfaces.http_api.parts import EngineClient, Parts

_LOOK_S = 0.1
_ENGINE_STOP_S = 30.0
_LOOP_STOP_S = 5.0


def serve(settings: Settings, parent: int, tell: Tell, *, is_private: bool = False) -> None:  # noqa: ARG001 - as engine
    """Answers until SIGTERM or SIGINT, then ends the engine. A private one loads nothing: it serves one command.

    Raises BadConfig for a port in use, an address that needs tokens when there are none, or a data directory that the
    engine cannot have.
    """
    data_dir.prepare(settings.data_dir)
    tokens_file.check_reachable(settings, "read")
    name = "private-engine" if is_private else "engine"
    with sockets.listening(settings.server, "api_port", "API") as bound, _engine(settings, name) as (supervisor, path):
        url = f"http://{sockets.address_of(settings.server.host, bound.getsockname()[1])}"
        keeping = list["asyncio.Task[None]"]()

        def ready() -> None:
            # In the loop of the main thread, because the engine ends with the thread that started it.
            keeping.append(asyncio.get_running_loop().create_task(_keep(supervisor)))
            tell({"api": url, "engine_pid": supervisor.running.processes["engine"]})

        parts = _parts(settings, path)
        is_measured = settings.telemetry.own_metrics and not is_private
        looking_after, measuring = _looking_after(parts, is_on=not is_private), _measuring(parts, is_on=is_measured)
        with fetching(parts.library, is_on=not is_private), looking_after, measuring as answered:
            http_server.serve_until_told(api(parts, answered), bound, ready)


@contextmanager
def _looking_after(parts: Parts, *, is_on: bool) -> Iterator[None]:
    """Runs the loops of this process for the length of the block."""
    stop = threading.Event()
    loop = threading.Thread(target=Receipts(parts.engine, parts.deployments).run, args=(stop,), name="receipts")
    if is_on:
        loop.start()
    try:
        yield
    finally:
        stop.set()
        if is_on:
            loop.join(_LOOP_STOP_S)


@contextmanager
def _measuring(parts: Parts, *, is_on: bool) -> Iterator[Answered]:
    """Sends our own metrics for the length of the block; yields what wants to know of each answer."""
    if not is_on:
        yield lambda *_: None
        return
    sending = own_metrics.sending(parts)
    try:
        yield sending.answered
    finally:
        sending.close()


@contextmanager
def _engine(settings: Settings, name: str) -> Iterator[tuple[Supervisor, Path]]:
    """The engine's process, ready, and where it listens."""
    process = Supervised(name)
    supervisor = Supervisor(settings, Running(version("echoline"), settings.data_dir), [process], lambda _: None)
    try:
        while not supervisor.is_settled:
            supervisor.look(time.monotonic())
            time.sleep(0.01)
        if process.child is None:
            raise RuntimeError("a settled supervisor has its child")
        yield supervisor, Path(str(process.child.ready["engine"]))
    finally:
        if process.child is not None and process.child.is_alive:
            process.child.stop(_ENGINE_STOP_S)


async def _keep(supervisor: Supervisor) -> None:
    """Starts the engine anew when it dies; the clients find it again at the same path."""
    while True:
        supervisor.look(time.monotonic())
        await asyncio.sleep(_LOOK_S)


def _parts(settings: Settings, engine: Path) -> Parts:
    folder = settings.data_dir
    published = tokens_file.path_in(folder)
    database = Database(folder / "state.sqlite")
    tokens = Tokens(database, published)
    tokens.publish()
    client = cast("Callable[..., EngineClient]", component("stores", "client"))
    return Parts(
        engine=client(engine, timeout_s=settings.store.query_timeout_s),
        settings=settings,
        authority=tokens_file.Authority(published, is_open=tokens_file.is_loopback(settings.server.host)),
        tokens=tokens,
        deployments=Deployments(database),
        quarantine=Quarantine(folder / "quarantine", settings.limits),
        library=Library(settings),
        receive_status=lambda: read_status(folder / "journal"),
        otlp_http=lambda: own_metrics.receiver(settings),
        redaction_preview=lambda rules, items: _preview(folder, rules, items),
        clock=time.time_ns,
        version=version("echoline"),
    )


def _preview(folder: Path, rules: RedactionConfig, items: Sequence[tuple[str, str]]) -> list[RedactionPreview]:
    return preview(rules, hash_key(folder), items)
