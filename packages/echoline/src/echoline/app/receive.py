"""The receiving process: sockets to journal. It works on while all else is away, and is small and quick to start."""

import os
import resource
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from echoline import tokens_file
from echoline.app import allocator, http_server, sockets
from echoline.app.children import Tell
from echoline.config import Settings
from echoline.journal.status import ReceiveStatus, write_status
from echoline.journal.writer import Writer
from echoline.registry import component

_STATUS_S = 1.0
_GRACE_S = 5.0
_MAX_FILES = 65_536


def receive(settings: Settings, parent: int, tell: Tell) -> None:  # noqa: ARG001 - whose child we are matters elsewhere
    """Receives until SIGTERM or SIGINT; then finishes what runs, and lets the journal go.

    Raises BadConfig for a port or a journal in use, or an address that needs tokens when there are none.
    """
    tokens_file.check_reachable(settings, "ingest")
    host = settings.server.host
    authority = tokens_file.Authority(tokens_file.path_in(settings.data_dir), is_open=tokens_file.is_loopback(host))
    authorise = partial(authority.verdict, scope="ingest")
    _allow_many_files()
    allocator.keep_freed_memory()
    folder = settings.data_dir / "journal"
    with _journal(folder, settings) as writer:
        bound = sockets.listening(settings.server, "http_port", "OTLP/HTTP")
        with bound, _grpc(settings, writer, authorise) as (grpc, grpc_port):
            http = _component("otlp_http")(writer.append, settings.receive, settings.server, authorise)
            listeners: dict[str, str | int] = {
                "grpc": sockets.address_of(host, grpc_port),
                "http": f"http://{sockets.address_of(host, bound.getsockname()[1])}",
            }
            with _reporting(folder, _Reporter(writer, (http, grpc), time.time_ns())):
                http_server.serve_until_told(http, bound, lambda: tell(listeners))
            http.close()


@dataclass(frozen=True)
class _Reporter:
    """Makes the status of this process."""

    writer: Writer
    receivers: tuple[Any, ...]
    started_ns: int

    def status(self) -> ReceiveStatus:
        refused: Counter[str] = Counter()
        for each in self.receivers:
            refused.update(each.counts.refused)
        rejected = sum(each.counts.rejected for each in self.receivers)
        return ReceiveStatus(
            os.getpid(), self.started_ns, time.time_ns(), dict(refused), rejected, self.writer.status()
        )


@contextmanager
def _journal(folder: Path, settings: Settings) -> Iterator[Writer]:
    writer = Writer(folder, settings.receive)
    try:
        yield writer
    finally:
        writer.close()


@contextmanager
def _grpc(settings: Settings, writer: Writer, authorise: Callable[..., Any]) -> Iterator[tuple[Any, int]]:
    # grpcio says only that it failed, so the port is tried first.
    sockets.listening(settings.server, "grpc_port", "OTLP/gRPC").close()
    receiver = _component("otlp_grpc")(writer.append, settings.receive, authorise)
    try:
        yield receiver, receiver.listen(sockets.address_of(settings.server.host, settings.server.grpc_port))
    finally:
        receiver.close(_GRACE_S)


@contextmanager
def _reporting(folder: Path, reporter: _Reporter) -> Iterator[None]:
    """Writes the status every second until the end of the block, and once more then."""
    ended = threading.Event()

    def report() -> None:
        while True:
            with suppress(OSError):  # a full disk: the status is old then, which is what it should say
                write_status(folder, reporter.status())
            if ended.wait(_STATUS_S):
                return

    thread = threading.Thread(target=report, name="status", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        with suppress(OSError):
            write_status(folder, reporter.status())


def _component(name: str) -> Any:
    return component("receivers", name)


def _allow_many_files() -> None:
    """Raises the number of open files, and so of connections, to what the system lets us have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, _MAX_FILES)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
