"""Opens the small relational state: one SQLite file, brought to this version's schema."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy

from echoline.errors import BadConfig, Unavailable

_SCHEMA = Path(__file__).parent / "schema"
_LOCK_TIMEOUT_S = 10.0


class Database:
    """The open state; any thread may use it, and other processes beside us."""

    def __init__(self, path: Path) -> None:
        """Makes the file (0600) if need be, and migrates an older one.

        Raises BadConfig for one that cannot be opened, is damaged, or was written by a newer version.
        """
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            with closing(sqlite3.connect(path, timeout=_LOCK_TIMEOUT_S, isolation_level=None)) as connection:
                _migrate(connection, path)
        except OSError as error:
            raise BadConfig(f"setting 'data_dir': {path} cannot be opened: {error.strerror}") from error
        except sqlite3.Error as error:
            raise BadConfig(f"{path} cannot be used: {error}; restore it from a backup") from error
        url = sqlalchemy.URL.create("sqlite", database=str(path))
        self._engine = sqlalchemy.create_engine(url, connect_args={"timeout": _LOCK_TIMEOUT_S, "isolation_level": None})
        # Transactions take the lock at their start: one that first reads and then writes cannot lose a race.
        sqlalchemy.event.listen(self._engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))

    @contextmanager
    def transaction(self) -> Iterator[sqlalchemy.Connection]:
        """Commits at the end of the block, unless it raises. Raises Unavailable when the file is busy or the disk
        is full."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except sqlalchemy.exc.OperationalError as error:
            raise Unavailable(f"the state cannot be used: {error.orig}") from error

    def close(self) -> None:
        self._engine.dispose()


def schema_version() -> int:
    """The version that this program reads and writes."""
    return max(number for number, _ in _steps())


def _steps() -> list[tuple[int, str]]:
    files = sorted(_SCHEMA.glob("*.sql"))
    return [(int(path.name.partition("_")[0]), path.read_text("utf-8")) for path in files]


def _migrate(connection: Any, path: Path) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > schema_version():
        raise BadConfig(
            f"{path} was written by a newer Echoline (schema {found}; this one knows {schema_version()}): "
            "install that version, or choose another data directory"
        )
    for number, script in _steps():
        if number > found:
            for statement in script.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
    connection.execute("COMMIT")
