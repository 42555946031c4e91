"""The engine's process: opens the store once, loads the journal into it, and answers on its socket."""

import gc
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

import pyarrow as pa

from echoline.app import data_dir, operations, signals
from echoline.app.allocator import give_back_freed_memory, keep_freed_memory
from echoline.app.children import Tell
from echoline.config import RetentionConfig, Settings
from echoline.model.batch import Batch
from echoline.pipeline import settle, upkeep
from echoline.pipeline.load import Load
from echoline.pipeline.preparing import StoreRows
from echoline.pipeline.quarantine import Quarantine
from echoline.pipeline.route import route
from echoline.privacy.hash_key import hash_key
from echoline.registry import component


class Listening(Protocol):
    """A store that answers on a socket."""

    path: Path

    def close(self) -> None: ...


class OwnStore(operations.Store, upkeep.Store, Protocol):
    """A store that lives in this process."""

    @property
    def settling(self) -> settle.Store: ...

    def to_rows(self, batch: Batch, retention: RetentionConfig, *, max_ahead_s: int, now_ns: int) -> StoreRows: ...

    def confirm(self) -> None: ...

    def serve(self, operations: Mapping[str, operations.Operation]) -> Listening: ...

    def close(self) -> None: ...


def engine(settings: Settings, parent: int, tell: Tell, *, is_private: bool = False) -> None:  # noqa: ARG001
    """Runs until SIGTERM or SIGINT; then finishes its batch. A private one answers only: it loads and drops nothing.

    Raises BadConfig when the data directory is in use or its store is of a newer version.
    """
    _spare_memory()
    data_dir.prepare(settings.data_dir)
    quarantine = Quarantine(settings.data_dir / "quarantine", settings.limits)
    with signals.caught() as caught, _opened(settings) as store:
        load, keeping = _load(settings, store, quarantine), upkeep.Upkeep(store, quarantine)
        settler = _settle(settings, store, load)
        asked = operations.Operations(settings, store, load, settler, quarantine, keeping, is_loading=not is_private)
        gc.freeze()  # what is loaded stays: no collection needs to look at it again
        with _running(*(() if is_private else (load.run, settler.run, keeping.run))), _serving(store, asked) as path:
            tell({"engine": path, "engine_pid": os.getpid()})
            while not caught.wait_for_end(60.0):
                pass


@contextmanager
def _opened(settings: Settings) -> Iterator[OwnStore]:
    kind = cast("Callable[[Settings], OwnStore]", component("stores", "engine"))
    store = kind(settings)
    try:
        yield store
    finally:
        store.close()


def _load(settings: Settings, store: OwnStore, quarantine: Quarantine) -> Load:
    journal = settings.data_dir / "journal"
    journal.mkdir(mode=0o700, exist_ok=True)
    way = route(settings, store.to_rows, hash_key(settings.data_dir))
    return Load(journal, store, way, settings.store, quarantine, relieve=give_back_freed_memory)


def _settle(settings: Settings, store: OwnStore, load: Load) -> settle.Settle:
    made = settle.Settle(settings.data_dir, store.settling, load.arrived_until, settings.settle, settings.retention)
    load.arrive_after(made.state.settled_ns)
    return made


@contextmanager
def _running(*loops: Callable[[threading.Event], None]) -> Iterator[None]:
    """Each loop in a thread of its own; at the end they finish what they are at."""
    stop = threading.Event()
    threads = [threading.Thread(target=loop, args=(stop,), name=loop.__qualname__) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def _serving(store: OwnStore, asked: operations.Operations) -> Iterator[str]:
    server = store.serve(asked.by_name())
    try:
        yield str(server.path)
    finally:
        server.close()


def _spare_memory() -> None:
    """Arrow and numpy share one allocator that keeps what is freed. It counts only for threads that come later."""
    pa.set_memory_pool(pa.system_memory_pool())
    keep_freed_memory()
