"""Asks questions of the store in threads, within a bound of time, and takes them back when the asker goes away."""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pyarrow as pa
from fastapi import Request
from starlette.responses import Response

from echoline.errors import Busy, Unavailable
from echoline.kinds import Param, Store
from echoline.surfaces.http_api.parts import EngineClient, Parts

# More would only wait for the engine's threads.
_THREADS = 16
_MOST_WAITING = 48

Answered = Callable[[str, bool, float], None]
"""Is told the route of an answer, whether it was a good one, and how many seconds it took."""


class PatientStore:
    """The store as one request sees it: all its questions together have one limit of time, and can be taken back."""

    def __init__(self, engine: EngineClient, timeout_s: float) -> None:
        self._engine, self._id, self._is_over = engine, uuid.uuid4().hex, False
        self._timeout_s, self._until_s = timeout_s, time.monotonic() + timeout_s

    def query(self, sql: str, params: Mapping[str, Param] | None = None, *, timeout_s: float | None = None) -> pa.Table:
        """As kinds.Store promises."""
        left_s = self._until_s - time.monotonic()
        if self._is_over:
            raise Unavailable("the asker went away")
        if left_s <= 0:
            raise Unavailable(
                f"no answer within {self._timeout_s:g} s; ask for a shorter window or a narrower filter, "
                "or raise store.query_timeout_s"
            )
        return self._engine.query(sql, params, timeout_s=min(left_s, timeout_s or left_s), query_id=self._id)

    def take_back(self) -> None:
        """Ends what runs, and refuses what would follow."""
        self._is_over = True
        self._engine.cancel(self._id)


class Asking:
    """Runs questions for requests; one for the whole application."""

    def __init__(self, parts: Parts, answered: Answered) -> None:
        self._parts, self._answered = parts, answered
        self._threads = ThreadPoolExecutor(_THREADS, "question")
        self._cancelling = ThreadPoolExecutor(2, "take back")
        self._waiting = 0

    async def answer(
        self,
        request: Request,
        question: Callable[[Store], Any],
        written: Callable[[Any], bytes] = orjson.dumps,
        media_type: str = "application/json",
    ) -> Response:
        """What the question returns, as JSON unless it is written in another way.

        Raises what it raises; Busy when too many wait already.
        """
        store = PatientStore(self._parts.engine, self._parts.settings.store.query_timeout_s)
        began_s, is_good = time.monotonic(), False
        try:
            body = await self.run(request, lambda: written(question(store)), store.take_back)
            is_good = True
        finally:
            self._answered(request.scope["route"].path_format, is_good, time.monotonic() - began_s)
        return Response(body, media_type=media_type)

    async def run(self, request: Request, work: Callable[[], Any], take_back: Callable[[], None] = lambda: None) -> Any:
        """Does work in a thread; `take_back` is called when the asker goes away before its end."""
        if self._waiting >= _MOST_WAITING:
            raise Busy(f"{self._waiting} questions are waiting already; ask again in a moment")
        self._waiting += 1
        loop = asyncio.get_running_loop()
        doing = loop.run_in_executor(self._threads, work)
        gone = asyncio.create_task(_is_gone(request))
        try:
            await asyncio.wait((doing, gone), return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                await loop.run_in_executor(self._cancelling, take_back)
            return await doing
        finally:
            gone.cancel()
            self._waiting -= 1

    async def next_of(self, blocks: Iterator[bytes]) -> bytes:
        """The next block of an answer that has begun; empty at its end."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, next, blocks, b"")


async def _is_gone(request: Request) -> None:
    """Returns when the asker has gone; its body has been read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
