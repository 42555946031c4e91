"""The engine's process: opens the store once, loads the journal into it, and answers on its socket."""

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol, cast

import pyarrow as pa

from echoline.app import data_dir, signals
from echoline.app.children import Tell
from echoline.config import RetentionConfig, Settings
from echoline.model.batch import Batch
from echoline.pipeline.load import Load
from echoline.pipeline.preparing import StoreRows
from echoline.pipeline.quarantine import Quarantine
from echoline.pipeline.route import route
from echoline.privacy.hash_key import hash_key
from echoline.registry import component

Operation = Callable[[Mapping[str, object]], object]
_M_ARENA_MAX = -8


class Listening(Protocol):
    """A store that answers on a socket."""

    path: Path

    def close(self) -> None: ...


class OwnStore(Protocol):
    """A store that lives in this process."""

    def to_rows(self, batch: Batch, retention: RetentionConfig, *, max_ahead_s: int, now_ns: int) -> StoreRows: ...

    def insert(self, table: str, rows: pa.Table, token: str) -> None: ...

    def contents(self) -> Any: ...

    def serve(self, operations: Mapping[str, Operation]) -> Listening: ...

    def close(self) -> None: ...


def engine(settings: Settings, parent: int, tell: Tell, *, is_private: bool = False) -> None:  # noqa: ARG001
    """Runs until SIGTERM or SIGINT; then finishes its batch. A private one answers only, and loads nothing.

    Raises BadConfig when the data directory is in use or its store is of a newer version.
    """
    _spare_memory()
    with signals.caught() as caught, _opened(settings) as store:
        load = _load(settings, store)
        with _looping(load, is_private=is_private), _serving(store, load) as path:
            tell({"engine": path, "engine_pid": os.getpid()})
            while not caught.wait_for_end(60.0):
                pass


@contextmanager
def _opened(settings: Settings) -> Iterator[OwnStore]:
    data_dir.prepare(settings.data_dir)
    kind = cast("Callable[[Settings], OwnStore]", component("stores", "engine"))
    store = kind(settings)
    try:
        yield store
    finally:
        store.close()


def _load(settings: Settings, store: OwnStore) -> Load:
    journal = settings.data_dir / "journal"
    journal.mkdir(mode=0o700, exist_ok=True)
    return Load(
        journal,
        store,
        route(settings, store.to_rows, hash_key(settings.data_dir)),
        settings.store,
        Quarantine(settings.data_dir / "quarantine", settings.limits),
    )


@contextmanager
def _looping(load: Load, *, is_private: bool) -> Iterator[None]:
    stop = threading.Event()
    loop = threading.Thread(target=load.run, args=(stop,), name="load")
    if not is_private:
        loop.start()
    try:
        yield
    finally:
        stop.set()
        if not is_private:
            loop.join()


@contextmanager
def _serving(store: OwnStore, load: Load) -> Iterator[str]:
    def status(_: object) -> object:
        return {**asdict(store.contents()), "loading": asdict(load.progress.status())}

    def flush(_: object) -> object:
        return asdict(load.flush(60.0))

    server = store.serve({"status": status, "flush": flush})
    try:
        yield str(server.path)
    finally:
        server.close()


def _spare_memory() -> None:
    """Fewer arenas: each one keeps what its threads have freed. It counts only for threads that come later."""
    if sys.platform == "linux":
        pa.set_memory_pool(pa.system_memory_pool())
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
