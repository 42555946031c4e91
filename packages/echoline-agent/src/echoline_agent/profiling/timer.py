"""The profiling timer of the process: armed only while its signal comes to us, and to nobody else."""

import functools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

Hit = Callable[[int, FrameType | None], None]

IS_AVAILABLE = hasattr(signal, "setitimer") and hasattr(signal, "SIGPROF")

# After an exec that failed the program lives on; this much later its timer starts again.
_AFTER_EXEC_S = 2.0


class ProfilingTimer:
    """`ITIMER_PROF` with a Python handler for SIGPROF.

    Whoever receives SIGPROF without a handler dies of it. So the timer stops before an exec, before another handler is
    set, and at exit; a foreign handler or timer found at the start is left alone.
    """

    def __init__(self, period_s: float, hit: Hit) -> None:
        self.period_s = period_s
        self._hit = hit
        self._is_ours = False
        self._is_news = False
        self._stopped_at_s: float | None = None

    @property
    def is_ours(self) -> bool:
        """Does SIGPROF come to us?"""
        return self._is_ours

    def install(self) -> str | None:
        """Sets the handler, but starts nothing; or says why not. Only the main thread may."""
        if not IS_AVAILABLE:
            return "this platform has no profiling timer"
        if threading.current_thread() is not threading.main_thread():
            return "the agent was not started on the main thread"
        if signal.getsignal(signal.SIGPROF) != signal.SIG_DFL or signal.getitimer(signal.ITIMER_PROF) != (0.0, 0.0):
            return "something else uses SIGPROF"
        signal.signal(signal.SIGPROF, self._hit)
        # Else a system call of a C library that does not expect it comes back early (EINTR).
        signal.siginterrupt(signal.SIGPROF, False)
        self._is_ours = True
        self._watch_signal()
        sys.addaudithook(self._watch_exec)
        return None

    def start(self) -> None:
        """Starts the timer, from any thread; not while an exec may be under way."""
        is_near_exec = self._stopped_at_s is not None and time.monotonic() - self._stopped_at_s < _AFTER_EXEC_S
        if self._is_ours and not is_near_exec and signal.getsignal(signal.SIGPROF) == self._hit:
            self._stopped_at_s = None
            signal.setitimer(signal.ITIMER_PROF, self.period_s, self.period_s)

    def stop(self) -> None:
        """Stops the timer, from any thread."""
        if self._is_ours:
            # First, or a signal that is on its way would set the timer again.
            self._stopped_at_s = time.monotonic()
            signal.setitimer(signal.ITIMER_PROF, 0.0)

    def spread(self, factor: float) -> None:
        """Makes the next wait longer or shorter; for the handler, while the timer runs."""
        if self._is_ours and self._stopped_at_s is None:
            signal.setitimer(signal.ITIMER_PROF, self.period_s * factor, self.period_s)

    def was_taken_away(self) -> bool:
        """Has the program set a handler of its own since this was last asked?"""
        is_news, self._is_news = self._is_news, False
        return is_news

    def is_running(self) -> bool:
        return self._is_ours and signal.getitimer(signal.ITIMER_PROF)[1] > 0

    def resume_after_failed_exec(self) -> None:
        """Starts again what an exec stopped, if the program is still here."""
        if self._stopped_at_s is not None:
            self.start()

    def _watch_exec(self, event: str, _arguments: object) -> None:
        # The timer survives exec, the handler does not: the new program would be killed.
        if event == "os.exec":
            self.stop()

    def _watch_signal(self) -> None:
        original = signal.signal
        sigprof = signal.SIGPROF

        @functools.wraps(original)
        def guarded(signalnum, handler):  # type: ignore[no-untyped-def]
            if signalnum == sigprof and handler != self._hit and threading.current_thread() is threading.main_thread():
                self._lose()
            return original(signalnum, handler)

        signal.signal = guarded

    def _lose(self) -> None:
        if self._is_ours:
            self.stop()
            self._is_ours, self._is_news = False, True


def after_fork(renew: Callable[[], None]) -> None:
    """Calls `renew` in each forked child."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=renew)
