"""Backup and restore of a data directory in use: the store, the small state, and the key of hashed redactions.

A backup is a folder; `backup.json` is written last, so a folder without it is none. The journal is not part of it: what
it holds has either been loaded before, or is loaded after.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from echoline import files
from echoline.errors import BadInput, Unavailable

_STATE = "state.sqlite"
_SMALL = ("redaction.key", "tokens.json", "settling.json")
_MANIFEST = "backup.json"


class Store(Protocol):
    """A store that can be copied and replaced."""

    def back_up(self, folder: Path) -> None: ...

    def restore(self, folder: Path) -> None: ...

    def stored(self) -> Mapping[str, int]: ...


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    folder: str
    echoline: str
    made_ns: int
    stored: Mapping[str, int]


@dataclass(frozen=True)
class Backups:
    """Backups of one data directory. `between_batches` keeps the load loop waiting; it raises Busy when a batch is half
    in the store."""

    data_dir: Path
    store: Store
    between_batches: Callable[[], AbstractContextManager[None]]
    paused: Callable[[], AbstractContextManager[None]]
    clock: Callable[[], int]

    def back_up(self, folder: Path) -> Manifest:
        """Makes a backup in a new or empty folder; a relative one is below `backups` in the data directory.

        Raises BadInput when there is something in it, Unavailable when it cannot be written.
        """
        folder = self._place(folder)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BadInput(f"{folder} is not empty; a backup needs a folder of its own")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self.between_batches():
                self.store.back_up(folder / "store")
                made = Manifest(str(folder), version("echoline"), self.clock(), self.store.stored())
            if (self.data_dir / _STATE).exists():
                _copy_database(self.data_dir / _STATE, folder / _STATE)
            for name in _SMALL:
                if (self.data_dir / name).exists():
                    files.replace(folder / name, (self.data_dir / name).read_bytes())
            files.replace(folder / _MANIFEST, json.dumps(asdict(made)).encode())
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError | sqlite3.Error):
                raise Unavailable(f"no backup in {folder}: {error}") from error
            raise
        return made

    def restore(self, folder: Path, *, replace: bool = False) -> Manifest:
        """Puts a backup in the place of store and state, while everything runs; requests in the journal come on top.

        Raises BadInput when it is no backup, or the store holds something and `replace` is not given.
        """
        folder = self._place(folder)
        try:
            made = Manifest(**json.loads((folder / _MANIFEST).read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            raise BadInput(f"{folder} is no backup: {error}", reason="not_found") from error
        held = sum(self.store.stored().values())
        if held and not replace:
            raise BadInput(f"the store holds {held} items, which restoring replaces; --replace says that this is meant")
        with self.paused():
            self.store.restore(folder / "store")
            if (folder / _STATE).exists():
                _copy_database(folder / _STATE, self.data_dir / _STATE)
            for name in _SMALL:
                if (folder / name).exists():
                    files.replace(self.data_dir / name, (folder / name).read_bytes())
        return made

    def _place(self, folder: Path) -> Path:
        return self.data_dir.resolve() / "backups" / folder


def _copy_database(source: Path, target: Path) -> None:
    """A consistent copy, also of and into a database that others have open."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
    target.chmod(0o600)
