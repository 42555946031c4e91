"""Samples threads that no signal reaches, from a thread of our own: right in total, approximate in the function.

The sampler gets the interpreter where the sampled thread gives it up, so the function it sees is rather the one that
waits than the one that worked. What a thread spent is read from the thread's own clock and is right.
"""

import functools
import re
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from echoline_agent.profiling.samples import Place, Sample, SpanIds
from echoline_agent.profiling.stacks import Functions

IS_AVAILABLE = hasattr(time, "pthread_getcpuclockid")
OURS = "echoline-"
"""Names of the agent's own threads begin so; they are not sampled."""

_LEAST_NS = 200_000
# While no other thread works, looking is a waste. The wait doubles up to so many times the period; a thread that wakes
# up then is found that much later, with its full time.
_LONGEST_WAIT = 10


class OtherThreads:
    """Looks at every thread but the excluded ones; `look` returns after how many seconds to look again."""

    def __init__(
        self,
        functions: Functions,
        add: Callable[[Sample], None],
        span_of: Callable[[int, FrameType], SpanIds],
        period_s: float,
    ) -> None:
        self._functions, self._add, self._span_of, self._period_s = functions, add, span_of, period_s
        self._clocks: dict[int, int] = {}
        self._seen_ns: dict[int, int] = {}
        self._quiet = 0
        self._looked_ns = 0
        self._is_first = True
        self.is_main_sampled = False
        """Whether the main thread is sampled here too, since its signal is somebody else's."""

    def look(self) -> float:
        """Samples the threads that have worked since the look before."""
        together_ns = self._together_ns()
        has_worked = together_ns - self._looked_ns >= _LEAST_NS
        if has_worked or self._is_first:
            self._looked_ns = together_ns
            self._look_at(sys._current_frames())  # noqa: SLF001 - documented
        self._quiet = 0 if has_worked else self._quiet + 1
        return self._period_s * min(1 << min(self._quiet, 10), _LONGEST_WAIT)

    def _look_at(self, frames: dict[int, FrameType]) -> None:
        # First of all, while we surely still hold the interpreter and every thread in `frames` is alive.
        spent = {ident: self._spent_ns(ident) for ident in frames if not self._is_left_out(ident)}
        for ident, cpu_ns in spent.items():
            if cpu_ns >= _LEAST_NS:
                self._seen_ns[ident] += cpu_ns
                if not self._is_first:
                    self._sample(ident, frames[ident], cpu_ns)
        self._is_first = False
        self._forget(frames)

    def _together_ns(self) -> int:
        """CPU of all threads that could be sampled: three clocks instead of every thread's stack and clock."""
        own_ns = time.thread_time_ns()
        main = threading.main_thread().ident
        if main is not None and not self.is_main_sampled:
            own_ns += time.clock_gettime_ns(time.pthread_getcpuclockid(main))
        return time.process_time_ns() - own_ns

    def _sample(self, ident: int, frame: FrameType, cpu_ns: int) -> None:
        place = Place(self._functions.stack(frame), self._span_of(ident, frame), _name(ident), is_approximate=True)
        self._add(Sample(place, cpu_ns))

    def _is_left_out(self, ident: int) -> bool:
        if ident == threading.main_thread().ident:
            return not self.is_main_sampled
        return _name(ident).startswith(OURS)

    def _spent_ns(self, ident: int) -> int:
        """CPU time of a thread since it was last sampled; 0 when its clock cannot be read."""
        for _ in range(2):
            clock = self._clocks.get(ident)
            if clock is None:
                clock = self._clocks[ident] = time.pthread_getcpuclockid(ident)
                self._seen_ns[ident] = 0
            try:
                return time.clock_gettime_ns(clock) - self._seen_ns[ident]
            except OSError:
                # The thread of this clock has ended and a new one got its identity.
                del self._clocks[ident]
        return 0

    def _forget(self, alive: dict[int, FrameType]) -> None:
        if len(self._clocks) > len(alive) + 16:
            self._clocks = {ident: clock for ident, clock in self._clocks.items() if ident in alive}
            self._seen_ns = {ident: seen for ident, seen in self._seen_ns.items() if ident in alive}


def _name(ident: int) -> str:
    thread = threading._active.get(ident)  # type: ignore[attr-defined]  # noqa: SLF001 - enumerate() would lock
    return thread_name(thread.name) if thread is not None else ""


@functools.lru_cache(4096)
def thread_name(name: str) -> str:
    """A name without its numbers: the threads of one pool are one, and so are those that serve one request each."""
    return re.sub(r"\d+", "*", name)
