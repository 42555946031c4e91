"""Brings what the journal's thread has finished into the event loop, one wake-up for all that are there."""

import asyncio
from collections import deque
from concurrent.futures import Future
from contextlib import suppress


class Wakeups:
    """Lets coroutines of one loop wait for futures of threads. (`asyncio.wrap_future` wakes the loop once for each.)"""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._finished: deque[asyncio.Future[None]] = deque()
        self._is_scheduled = False

    async def wait(self, done: "Future[None]") -> None:
        """Waits until it is done. Raises what it failed with."""
        if not done.done():
            woken: asyncio.Future[None] = self._loop.create_future()
            done.add_done_callback(lambda _: self._finish(woken))
            await woken
        done.result()

    def _finish(self, woken: "asyncio.Future[None]") -> None:
        # Append before looking, reset before emptying: so whatever the order of the two threads, nobody is left asleep.
        self._finished.append(woken)
        if not self._is_scheduled:
            self._is_scheduled = True
            with suppress(RuntimeError):  # the loop has ended, nobody waits any more
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._is_scheduled = False
        while self._finished:
            woken = self._finished.popleft()
            if not woken.done():
                woken.set_result(None)
