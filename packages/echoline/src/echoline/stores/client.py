"""Asks the engine's process over its socket: what everybody but that process uses as the store."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from echoline.errors import BadInput, Unavailable
from echoline.kinds import Param
from echoline.stores.protocol import FAILED, LAST, error_of, receive_answer, send_question

# Longer than any query may take: the engine ends queries, this ends waiting for an engine that hangs.
_GRACE_S = 10.0
_IDLE_CONNECTIONS = 8


class Client:
    """Implements kinds.Store from any thread, over a few connections that it keeps. A closed engine is found again
    when it is back, at the same path."""

    def __init__(self, path: Path, *, timeout_s: float = 20.0) -> None:
        self.path = path
        self._timeout_s = timeout_s
        self._idle: list[socket.socket] = []
        self._lock = threading.Lock()

    def query(
        self,
        sql: str,
        params: Mapping[str, Param] | None = None,
        *,
        timeout_s: float | None = None,
        memory_bytes: int | None = None,
        query_id: str = "",
    ) -> pa.Table:
        """As kinds.Store promises. `query_id` is for `cancel`; a thread that ends while waiting cancels as well."""
        limit_s = timeout_s or self._timeout_s
        question = {
            "op": "query",
            "sql": sql,
            "params": dict(params or {}),
            "id": query_id,
            "timeout_s": limit_s,
            "memory_bytes": memory_bytes,
        }
        (body,) = self._ask(question, limit_s + _GRACE_S)
        return pa.ipc.open_stream(pa.py_buffer(body)).read_all()

    def cancel(self, query_id: str) -> None:
        """Ends a running query soon; its asker gets Unavailable. Unknown ids are fine."""
        self.operate("cancel", query_id=query_id)

    def operate(self, operation: str, *, timeout_s: float = 3600.0, **arguments: object) -> dict[str, object]:
        """The answer to an operation of the engine process: status, flush, delete, backup, restore …

        Raises BadInput for one that it does not know, else what the operation raises.
        """
        answer = json.loads(b"".join(self._ask({"op": operation, **arguments}, timeout_s)))
        return dict(answer)

    def stream(self, operation: str, *, timeout_s: float = 3600.0, **arguments: object) -> Iterator[bytes]:
        """Like `operate`, for operations that answer with bytes, block by block."""
        return map(bytes, self._ask({"op": operation, **arguments}, timeout_s))

    def close(self) -> None:
        with self._lock:
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    def _ask(self, question: Mapping[str, object], timeout_s: float) -> Iterator[bytearray]:
        connection = self._connected(question)
        done = False
        try:
            connection.settimeout(timeout_s)
            while True:
                status, body = receive_answer(connection)
                if status == FAILED:
                    done = True
                    raise error_of(body)
                if status == LAST:
                    done = True
                    return
                yield body
        except OSError as error:
            raise Unavailable(f"the engine does not answer at {self.path}: {error}") from error
        finally:
            self._keep(connection, reusable=done)

    def _connected(self, question: Mapping[str, object]) -> socket.socket:
        """A connection over which the question went out: an idle one, unless the engine has closed it meanwhile."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                break
            if not _is_closed(connection):
                return self._sent(connection, question)
            connection.close()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(self._timeout_s)
            connection.connect(str(self.path))
        except OSError as error:
            connection.close()
            raise Unavailable(f"the engine is away ({self.path}: {error.strerror or error})") from error
        return self._sent(connection, question)

    def _sent(self, connection: socket.socket, question: Mapping[str, object]) -> socket.socket:
        try:
            send_question(connection, question)
        except (OSError, BadInput) as error:
            connection.close()
            if isinstance(error, BadInput):
                raise
            raise Unavailable(f"the engine went away ({self.path}: {error})") from error
        return connection

    def _keep(self, connection: socket.socket, *, reusable: bool) -> None:
        with self._lock:
            if reusable and len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()


def _is_closed(connection: socket.socket) -> bool:
    """True when the other side has ended, or said something that nobody asked for."""
    connection.setblocking(False)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        connection.setblocking(True)
    return True
