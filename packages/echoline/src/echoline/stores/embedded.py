"""The embedded store as the engine's process sees it: one data directory, opened once."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from echoline.config import RetentionConfig, Settings
from echoline.errors import Busy
from echoline.kinds import Param
from echoline.model.batch import Batch
from echoline.stores import rows
from echoline.stores.ages import Ages
from echoline.stores.backups import back_up, finish_restoring, restore
from echoline.stores.contents import Contents, contents
from echoline.stores.deletion import Deletion, delete, finish_deletion
from echoline.stores.engine import Engine
from echoline.stores.expiry import Dropped, drop_expired
from echoline.stores.export import export, exportable_days
from echoline.stores.parts import Parts
from echoline.stores.protocol import socket_path
from echoline.stores.server import Operation, Server
from echoline.stores.settling import TABLES, Settling


class Embedded:
    """Implements kinds.Store, and takes what the load loop brings."""

    def __init__(self, settings: Settings) -> None:
        """Takes the data directory, waiting up to 10 s for another process to leave it.

        Raises BadConfig when it cannot be had, or holds a store of a newer version.
        """
        self._settings = settings
        self._is_full = False
        self.engine = Engine(settings.data_dir, settings.store)
        self._parts = Parts(self.engine, lambda table: table not in TABLES)
        self.settling = Settling(self.engine, self._check_size)
        """What settling may do."""
        finish_restoring(self.engine)
        finish_deletion(self.engine)

    def query(self, sql: str, params: Mapping[str, Param] | None = None, *, timeout_s: float | None = None) -> pa.Table:
        """As kinds.Store promises."""
        return self.engine.query(sql, params, timeout_s=timeout_s)

    def to_rows(self, batch: Batch, retention: RetentionConfig, *, max_ahead_s: int, now_ns: int) -> rows.Rows:
        """What a batch puts into which table."""
        return rows.rows(batch, Ages(retention, max_ahead_s, now_ns))

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        """Adds rows; a second time with the same token nothing.

        Raises Busy when the store is as large as it may become, Unavailable when the disk is full.
        """
        if table != "refusals":
            self._check_size()
        self._parts.check_room()
        self.engine.insert(table, rows, token)

    def confirm(self) -> None:
        """Returns when all that was inserted is on the disk. Raises Unavailable when something is not, and then it is
        not in the store either: inserting it again with its token mends that."""
        self._parts.verify()

    def contents(self) -> Contents:
        """How much is stored, and whether it is sound."""
        return contents(self.engine, self._parts.damaged)

    def drop_expired(self, now_ns: int) -> Dropped:
        """Drops what is older than its retention, and the oldest raw days beyond `store.max_disk_bytes`."""
        dropped = drop_expired(self.engine, self._settings.retention, self._settings.store, now_ns)
        self._is_full = dropped.is_full
        return dropped

    def delete(self, service: str | None, environment: str | None, before_ns: int | None) -> dict[str, int]:
        """Rows deleted by table; at least one argument is given. Nothing may be inserted meanwhile."""
        return delete(self.engine, Deletion(service, environment, before_ns))

    def back_up(self, folder: Path) -> None:
        """Copies the store into a new folder."""
        back_up(self.engine, folder)

    def restore(self, folder: Path) -> None:
        """Puts such a copy in the place of the store. Nothing may be inserted meanwhile."""
        restore(self.engine, folder)

    def exportable_days(self, signal: str) -> dict[str, int]:
        """Rows by day."""
        return exportable_days(self.engine, signal)

    def export(self, signal: str, day: str) -> Iterator[bytes]:
        """A Parquet file in blocks."""
        return export(self.engine, signal, day, self._settings.data_dir)

    def stored(self) -> dict[str, int]:
        """Spans, log records, metric points and profile samples."""
        return self.contents().stored

    def serve(self, operations: Mapping[str, Operation]) -> Server:
        """Answers clients on the socket of the data directory until it is closed."""
        return Server(
            socket_path(self._settings.data_dir),
            self.engine,
            operations,
            threads=self._settings.store.query_threads,
            timeout_s=self._settings.store.query_timeout_s,
        )

    def _check_size(self) -> None:
        if self._is_full:
            raise Busy(f"setting 'store.max_disk_bytes' = {self._settings.store.max_disk_bytes}: one day needs more")

    def close(self) -> None:
        """Lets go of the data directory; nothing may be running any more."""
        self.engine.close()
