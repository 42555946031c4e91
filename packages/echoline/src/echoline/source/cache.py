"""Keeps what was worked out about blobs and commits: neither ever changes, so it is worked out once."""

import sqlite3
import threading
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

# Part of every key: another version of the reading works everything out again.
VERSION = 1
_GROUP = 500


class Cache:
    """Bytes by kind and id, in a file or in memory. A file that cannot be used is only slow: memory stands in."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._database = _opened(path)

    def get(self, kind: str, ids: Iterable[str]) -> dict[str, bytes]:
        """What is known of these ids."""
        found: dict[str, bytes] = {}
        wanted = list(dict.fromkeys(ids))
        with self._lock:
            for start in range(0, len(wanted), _GROUP):
                group = wanted[start : start + _GROUP]
                marks = ",".join("?" * len(group))
                sql = f"SELECT id, content FROM worked_out WHERE kind = ? AND id IN ({marks})"
                found |= dict(self._database.execute(sql, (f"{kind}.{VERSION}", *group)))
        return found

    def put(self, kind: str, contents: Mapping[str, bytes]) -> None:
        """Remembers these."""
        rows = [(f"{kind}.{VERSION}", each, content) for each, content in contents.items()]
        with self._lock, self._database:
            self._database.executemany("INSERT OR REPLACE INTO worked_out VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._database.close()


def _opened(path: Path | None) -> sqlite3.Connection:
    try:
        if path is not None:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _with_table(str(path) if path else ":memory:")
    except (OSError, sqlite3.DatabaseError):
        return _with_table(":memory:")


def _with_table(name: str) -> sqlite3.Connection:
    database = sqlite3.connect(name, timeout=20, check_same_thread=False)
    try:
        with closing(database.cursor()) as cursor:
            # It can be made again, so it need not survive a power cut.
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS worked_out (kind TEXT, id TEXT, content BLOB, PRIMARY KEY (kind, id)) "
                "WITHOUT ROWID"
            )
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
