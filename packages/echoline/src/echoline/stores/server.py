"""Answers questions to the engine on a UNIX socket: SQL on a fixed pool of threads, operations beside it.

Each connection has a thread that waits on the socket while its question is being answered: when the asker goes away,
the query is cancelled. Engine sessions belong to the threads of the pools, never to those of connections.
"""

import contextlib
import json
import select
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from echoline.errors import BadInput, Busy, EcholineError, Unavailable
from echoline.kinds import Param
from echoline.stores.protocol import FAILED, LAST, MORE, error_body, leave, receive_question, send_answer

MAX_CONNECTIONS = 64
Operation = Callable[[Mapping[str, object]], "object | Iterator[bytes]"]


class Answers(Protocol):
    """What the server needs of an engine."""

    def answer(
        self,
        sql: str,
        params: Mapping[str, Param] | None = None,
        *,
        query_id: str = "",
        timeout_s: float | None = None,
        memory_bytes: int | None = None,
    ) -> bytes: ...

    def cancel(self, query_id: str) -> None: ...


class Server:
    """Listens from construction until `close`."""

    def __init__(
        self, path: Path, engine: Answers, operations: Mapping[str, Operation], *, threads: int, timeout_s: float
    ) -> None:
        """`operations` answer by name beside `query` and `cancel`: with JSON, or with an iterator of byte blocks."""
        self.path = path
        self._engine = engine
        self._timeout_s = timeout_s
        self._operations = {**operations, "cancel": self._cancel_by_id}
        self._queries = ThreadPoolExecutor(threads, "query")
        self._others = ThreadPoolExecutor(2, "operation")
        self._cancels = ThreadPoolExecutor(1, "cancel")
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen(MAX_CONNECTIONS)
        threading.Thread(target=self._accept, name="engine socket", daemon=True).start()

    def close(self) -> None:
        """Stops listening, cancels what runs and waits for its end."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread in accept()
        self._listener.close()
        leave(self.path)
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for pool in (self._queries, self._others, self._cancels):
            pool.shutdown(wait=True, cancel_futures=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            with self._lock:
                full = len(self._connections) >= MAX_CONNECTIONS
                if not full:
                    self._connections.add(connection)
            if full:
                _refuse(connection, Busy(f"{MAX_CONNECTIONS} connections to the engine are open"))
            else:
                threading.Thread(target=self._serve, args=(connection,), name="asker", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while True:
                try:
                    question = receive_question(connection)
                except BadInput as error:
                    _refuse(connection, error)
                    break
                if question is None or not self._answered(connection, question):
                    break
        with self._lock:
            self._connections.discard(connection)

    def _answered(self, connection: socket.socket, question: dict[str, object]) -> bool:
        """Has the question answered; False when the asker went away before."""
        query_id = str(question.get("id") or uuid.uuid4().hex)
        is_query = question.get("op") == "query"
        pool = self._queries if is_query else self._others
        try:
            job = pool.submit(self._work, connection, question, query_id, time.monotonic())
        except RuntimeError:  # shutting down
            return False
        if _is_over(connection, job):
            if is_query:
                self._take_back(job, query_id)
            return False
        job.result()
        return True

    def _take_back(self, job: "Future[None]", query_id: str) -> None:
        """Cancels until the query has ended: it may only be about to start."""
        while not job.cancel() and not job.done():
            try:
                self._cancels.submit(self._engine.cancel, query_id).result()
            except (EcholineError, RuntimeError):
                return
            with contextlib.suppress(TimeoutError):
                job.result(0.05)

    def _work(self, connection: socket.socket, question: dict[str, object], query_id: str, arrived: float) -> None:
        with contextlib.suppress(OSError):  # the asker is gone: its connection's thread sees that too
            try:
                for block in self._answer(question, query_id, arrived):
                    send_answer(connection, MORE, block)
                send_answer(connection, LAST, b"")
            except EcholineError as error:
                send_answer(connection, FAILED, error_body(error))
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 (whatever fails, the asker must hear of it)
                send_answer(connection, FAILED, error_body(Unavailable(f"{type(error).__name__}: {error}")))

    def _answer(self, question: Mapping[str, object], query_id: str, arrived: float) -> Iterator[bytes]:
        op = question.get("op")
        if op == "query":
            yield self._query(question, query_id, arrived)
        elif op in self._operations:
            answer = self._operations[str(op)](question)
            yield from answer if isinstance(answer, Iterator) else (json.dumps(answer).encode(),)
        else:
            raise BadInput(f"unknown operation {op!r}")

    def _query(self, question: Mapping[str, object], query_id: str, arrived: float) -> bytes:
        sql, params = question.get("sql"), question.get("params")
        if not isinstance(sql, str) or not isinstance(params, dict | None):
            raise BadInput("a query needs `sql` as text and `params` as an object")
        left = float(str(question.get("timeout_s") or self._timeout_s)) - (time.monotonic() - arrived)
        if left <= 0:
            raise Unavailable("the time of the query was over before its turn came")
        memory = question.get("memory_bytes")
        return self._engine.answer(
            sql, params, query_id=query_id, timeout_s=left, memory_bytes=int(str(memory)) if memory else None
        )

    def _cancel_by_id(self, question: Mapping[str, object]) -> object:
        self._cancels.submit(self._engine.cancel, str(question.get("query_id"))).result()
        return {}


def _is_over(connection: socket.socket, job: "Future[None]") -> bool:
    """Waits on the socket while the job runs: what can be read next is the end, or, after the answer, a question."""
    poll = select.poll()  # select.select() refuses descriptors above 1023, and the engine opens many files
    poll.register(connection, select.POLLIN)
    while not job.done():
        if poll.poll(60_000):
            try:
                return not connection.recv(1, socket.MSG_PEEK)
            except OSError:
                return True
    return False


def _refuse(connection: socket.socket, error: EcholineError) -> None:
    with contextlib.suppress(OSError), connection:
        send_answer(connection, FAILED, error_body(error))
