"""A Protocol per component kind: read it before writing one. `tests/kinds` holds what each promises."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Protocol

import pyarrow as pa

from echoline.model.batch import Batch
from echoline.model.records import Request

Param = str | int | float | bool | None | Sequence[str] | Sequence[int]


class Accept(Protocol):
    """Takes a request into the journal; its future ends when the request is on the disk.

    The future may fail with Busy or Unavailable; the call itself raises Busy when the queue is full. It may be called
    from any thread.
    """

    def __call__(self, request: Request) -> "Future[None]": ...


class Processor(Protocol):
    """Batch in, batch out: the input stays untouched, an empty batch passes, and the result does not depend on how
    batches are split. It works on distinct values where it can."""

    def process(self, batch: Batch) -> Batch: ...


class Store(Protocol):
    """Answers questions in ClickHouse SQL with server-side parameters `{name:Type}`."""

    def query(self, sql: str, params: Mapping[str, Param] | None = None, *, timeout_s: float | None = None) -> pa.Table:
        """One table, columns named as the statement names them.

        Raises BadInput for a statement or parameter the engine refuses, Busy beyond the limits of memory or of
        concurrent queries, Unavailable when the engine is away or the time is over.
        """
        ...
