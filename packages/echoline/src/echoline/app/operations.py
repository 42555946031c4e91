"""What the engine's process can be asked to do beside queries: by name, with plain arguments and plain answers."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from echoline.config import Settings
from echoline.decoding import self_test
from echoline.errors import BadInput
from echoline.pipeline.backups import Backups
from echoline.pipeline.load import Load
from echoline.pipeline.quarantine import Quarantine
from echoline.pipeline.settle import Settle
from echoline.pipeline.upkeep import Upkeep

Arguments = Mapping[str, object]
Operation = Callable[[Arguments], object]
FLUSH_TIMEOUT_S = 60.0


class Store(Protocol):
    """The parts of a store that operations need."""

    def contents(self) -> Any: ...

    def stored(self) -> Mapping[str, int]: ...

    def delete(self, service: str | None, environment: str | None, before_ns: int | None) -> Mapping[str, int]: ...

    def back_up(self, folder: Path) -> None: ...

    def restore(self, folder: Path) -> None: ...

    def exportable_days(self, signal: str) -> Mapping[str, int]: ...

    def export(self, signal: str, day: str) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Operations:
    """`status`, `flush`, `settle`, `delete`, `backup`, `restore`, `days` and `export` of one engine process."""

    settings: Settings
    store: Store
    load: Load
    settle: Settle
    quarantine: Quarantine
    upkeep: Upkeep
    is_loading: bool

    def by_name(self) -> Mapping[str, Operation]:
        """As the socket server takes them."""
        return {
            "status": self.status,
            "flush": self.flush,
            "settle": self.settled,
            "delete": self.delete,
            "backup": lambda asked: asdict(self._backups().back_up(_folder(asked))),
            "restore": lambda asked: asdict(
                self._backups().restore(_folder(asked), replace=asked.get("replace") is True)
            ),
            "days": lambda asked: {"days": self.store.exportable_days(_text(asked, "signal"))},
            "export": lambda asked: self.store.export(_text(asked, "signal"), _text(asked, "day")),
        }

    def status(self, _: Arguments) -> object:
        """Rows that are stored, bytes on the disk, how loading goes, what is in quarantine, why decoding is slow."""
        kept = self.quarantine.all()
        return {
            **asdict(self.store.contents()),
            "loading": asdict(self.load.progress.status()),
            "quarantined": len(kept),
            "quarantined_bytes": sum(each.size_bytes for each in kept),
            "upkeep_error": self.upkeep.error,
            "settling_error": self.settle.error,
            "slow_decoding": self_test(),
        }

    def flush(self, _: Arguments) -> object:
        """Loads everything that is journalled now, and tells how far it is; a private engine loads nothing."""
        loading = self.load.flush(FLUSH_TIMEOUT_S) if self.is_loading else self.load.progress.status()
        return asdict(loading)

    def settled(self, asked: Arguments) -> object:
        """Like `flush`, and settles all that is loaded, with its rollups, without waiting for traces to be quiet."""
        loading = self.flush(asked)
        if self.is_loading:
            self.settle.flush()
        return loading

    def delete(self, asked: Arguments) -> object:
        """Deletes by service, environment and time, what is in the journal too."""
        self.flush(asked)
        before_ns = asked.get("before_ns")
        if not isinstance(before_ns, int | None):
            raise BadInput("`before_ns` is a time in nanoseconds")
        with self._paused():
            deleted = self.store.delete(_optional(asked, "service"), _optional(asked, "environment"), before_ns)
        return {"deleted": deleted}

    def _backups(self) -> Backups:
        return Backups(self.settings.data_dir, self.store, self._between_batches, self._paused, time.time_ns)

    @contextmanager
    def _paused(self) -> Iterator[None]:
        """Neither loading nor settling for the length of the block."""
        with self.settle.paused(), self.load.paused():
            yield

    @contextmanager
    def _between_batches(self) -> Iterator[None]:
        with self.settle.paused(), self.load.between_batches():
            yield


def _folder(asked: Arguments) -> Path:
    return Path(_text(asked, "folder"))


def _text(asked: Arguments, name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value or "\0" in value:
        raise BadInput(f"`{name}` is missing")
    return value


def _optional(asked: Arguments, name: str) -> str | None:
    return None if asked.get(name) is None else str(asked[name])
