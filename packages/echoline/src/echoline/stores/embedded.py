"""The embedded store as the engine's process sees it: one data directory, opened once."""

from collections.abc import Mapping

import pyarrow as pa

from echoline.config import RetentionConfig, Settings
from echoline.kinds import Param
from echoline.model.batch import Batch
from echoline.stores import rows
from echoline.stores.ages import Ages
from echoline.stores.contents import Contents, contents
from echoline.stores.engine import Engine
from echoline.stores.protocol import socket_path
from echoline.stores.server import Operation, Server


class Embedded:
    """Implements kinds.Store, and takes what the load loop brings."""

    def __init__(self, settings: Settings) -> None:
        """Takes the data directory, waiting up to 10 s for another process to leave it.

        Raises BadConfig when it cannot be had, or holds a store of a newer version.
        """
        self._settings = settings
        self.engine = Engine(settings.data_dir, settings.store)

    def query(self, sql: str, params: Mapping[str, Param] | None = None, *, timeout_s: float | None = None) -> pa.Table:
        """As kinds.Store promises."""
        return self.engine.query(sql, params, timeout_s=timeout_s)

    def to_rows(self, batch: Batch, retention: RetentionConfig, *, max_ahead_s: int, now_ns: int) -> rows.Rows:
        """What a batch puts into which table."""
        return rows.rows(batch, Ages(retention, max_ahead_s, now_ns))

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        """Adds rows, durably; a second time with the same token nothing."""
        self.engine.insert(table, rows, token)

    def contents(self) -> Contents:
        """How much is stored."""
        return contents(self.engine)

    def serve(self, operations: Mapping[str, Operation]) -> Server:
        """Answers clients on the socket of the data directory until it is closed."""
        return Server(
            socket_path(self._settings.data_dir),
            self.engine,
            operations,
            threads=self._settings.store.query_threads,
            timeout_s=self._settings.store.query_timeout_s,
        )

    def close(self) -> None:
        """Lets go of the data directory; nothing may be running any more."""
        self.engine.close()
