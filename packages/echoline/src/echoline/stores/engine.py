"""The ClickHouse engine in this process: opened once, one session per thread. The only file that imports chdb.

chdb hangs after a fork and keeps its directory to itself: nothing that forks may import this.
"""

import re
import threading
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from chdb.session import Session

from echoline.config import MIB, StoreConfig
from echoline.errors import BadConfig, BadInput
from echoline.kinds import Param
from echoline.stores.failures import failure
from echoline.stores.lock import Lock
from echoline.stores.migrations import migrate, shipped
from echoline.stores.parameters import encode, literal

_QUOTED = re.compile(r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|--[^\n]*|/\*.*?\*/""", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SESSION = (
    # An outer join without a partner gives NULL, as everywhere else.
    "SET join_use_nulls = 1",
    # The answer goes through a socket of this machine: compressing costs more than it saves.
    "SET output_format_arrow_compression_method = 'none'",
    f"SET max_result_bytes = {64 * MIB}, result_overflow_mode = 'throw'",
)
# One block per insert, in a fixed order: a token names the blocks of an insert by their numbers.
_INSERT = (
    "insert_deduplicate = 1, deduplicate_blocks_in_dependent_materialized_views = 1, max_threads = 1, "
    "max_insert_threads = 1, max_block_size = 4000000, min_insert_block_size_rows = 4000000, "
    "min_insert_block_size_bytes = 1000000000"
)


class Engine:
    """Store of one data directory, and the only writer to it. Every method may be called from any thread; keep the
    number of threads fixed, each one has a session."""

    def __init__(
        self, data_dir: Path, config: StoreConfig, *, database: str = "echoline", wait_s: float = 10.0
    ) -> None:
        """Takes the lock (waiting `wait_s`), opens, and brings the schema up to date.

        Raises BadConfig when another process holds the directory, when it cannot be written, or when its store is of
        a newer version.
        """
        if "?" in str(data_dir):
            raise BadConfig(f"setting 'data_dir' = '{data_dir}': a question mark in the path is not possible")
        self.config = config
        self.database = database
        self.data_dir = data_dir.resolve()
        self._folder = self.data_dir / "store"
        self._lock = Lock(self.data_dir / "engine.lock", wait_s)
        self._local = threading.local()
        self._sessions: list[Session] = []
        self._folder.mkdir(mode=0o700, exist_ok=True)
        # Server settings count only when they come with the first session of the process.
        self._open(f"{self._folder}?{self._server_settings()}")
        self._migrate()

    def another(self, database: str) -> "Engine":
        """The same engine with tables of its own, so that each test of one process starts with an empty store."""
        other = object.__new__(Engine)
        other.__dict__.update(self.__dict__, database=database, _local=threading.local(), _sessions=[])
        other._migrate()
        return other

    def query(self, sql: str, params: Mapping[str, Param] | None = None, *, timeout_s: float | None = None) -> pa.Table:
        """As kinds.Store promises."""
        return pa.ipc.open_stream(self.answer(sql, params, timeout_s=timeout_s)).read_all()

    def answer(
        self,
        sql: str,
        params: Mapping[str, Param] | None = None,
        *,
        query_id: str = "",
        timeout_s: float | None = None,
        memory_bytes: int | None = None,
    ) -> bytes:
        """One statement that reads, as an Arrow IPC stream. It cannot write, nor read files or the network.

        Raises BadInput, Busy, Unavailable as kinds.Store.query.
        """
        if ";" in _QUOTED.sub("", sql):
            raise BadInput("a question is one statement, without a semicolon")
        self._limit(timeout_s or self.config.query_timeout_s, memory_bytes or self.config.query_memory_bytes, query_id)
        return self._run(f"{sql}\nSETTINGS readonly = 1", params)

    def rows(self, sql: str, params: Mapping[str, Param] | None = None) -> list[dict[str, object]]:
        """The answer to a small question as dictionaries."""
        found: list[dict[str, object]] = self.query(sql, params).to_pylist()
        return found

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        """Adds rows, on the disk when it returns. A second call with the same token and rows adds nothing.

        Columns left out get their default. Raises Busy or Unavailable when it may work later, else BadInput.
        """
        names = ", ".join(f"`{name}`" for name in rows.column_names)
        if not _NAME.fullmatch(table):
            raise BadInput(f"no table {table!r}")
        # Python(rows) looks for a local variable of that name among the frames of its callers.
        self.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM Python(rows) "
            f"SETTINGS {_INSERT}, insert_deduplication_token = {literal(token)}"
        )

    def read(self, sql: str, params: Mapping[str, Param] | None = None) -> pa.Table:
        """The answer to a question of our own, without limits; columns of LowCardinality come as dictionaries."""
        self._limit(0, 0)
        whole = "max_result_bytes = 0, output_format_arrow_low_cardinality_as_dictionary = 1, max_threads = 1"
        return pa.ipc.open_stream(self._run(f"{sql}\nSETTINGS {whole}", params)).read_all()

    def execute(self, sql: str, params: Mapping[str, Param] | None = None) -> None:
        """A statement of our own that changes something, without limits; no text of a user may be part of it."""
        self._limit(0, 0)
        self._run(sql, params)

    def check(self, table: str, part: str) -> bool:
        """The engine's own check of a part, which reads all of it; True for one that has gone meanwhile."""
        found = pa.ipc.open_stream(self._run(f"CHECK TABLE {table} PART {literal(part)}", None)).read_all()
        return all(found.column("is_passed").to_pylist())

    def cancel(self, query_id: str) -> None:
        """Ends a running query soon; it raises Unavailable in its own thread. Unknown ids are fine."""
        self.execute("KILL QUERY WHERE Settings['log_comment'] = {id:String} ASYNC", {"id": query_id})

    def close(self) -> None:
        """Ends all sessions and frees the directory. No other thread may be inside the engine."""
        for session in self._sessions:
            session.close()
        self._sessions.clear()
        self._lock.release()

    def _limit(self, timeout_s: float, memory_bytes: int, query_id: str = "") -> None:
        """Of the next statements of this thread's session; 0 is none."""
        self._run(
            f"SET max_execution_time = {timeout_s}, max_memory_usage = {memory_bytes}, "
            f"log_comment = {literal(query_id)}",
            None,
        )

    def _run(self, sql: str, params: Mapping[str, Param] | None) -> bytes:
        texts = encode(params)
        try:
            answer: bytes = self._session().query(sql, "ArrowStream", params=texts).bytes()
        except RuntimeError as error:
            raise failure(error) from error
        return answer

    def _session(self) -> Session:
        if not hasattr(self._local, "session"):
            self._open(str(self._folder))
        return self._local.session

    def _open(self, path: str) -> None:
        create = f"CREATE DATABASE IF NOT EXISTS {self.database} ENGINE = Atomic"
        try:
            session = Session(path)
            for statement in (create, f"USE {self.database}", *_SESSION):
                session.query(statement)
        except RuntimeError as error:
            raise failure(error) from error
        self._sessions.append(session)
        self._local.session = session

    def _migrate(self) -> None:
        tables = self.rows("SELECT name FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'")
        migrate(self, shipped(), exists=bool(tables))

    def _server_settings(self) -> str:
        settings = {
            "max_server_memory_usage": self.config.max_memory_bytes,
            "mark_cache_size": 48 * MIB,
            "index_mark_cache_size": 16 * MIB,
            "uncompressed_cache_size": 0,
            "mmap_cache_size": 256,
            "background_pool_size": 2,
            "background_merges_mutations_concurrency_ratio": 1,
            "background_common_pool_size": 2,
            "background_schedule_pool_size": 2,
            # Who may ask for a backup may say where it goes.
            "backups.allowed_path": "/",
        }
        return "&".join(f"{name}={value}" for name, value in settings.items())
