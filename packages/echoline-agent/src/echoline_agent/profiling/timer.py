"""The profiling timer of the process: armed only while its signal comes to us, and to nobody else."""

import functools
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

Hit = Callable[[int, FrameType | None], None]

IS_AVAILABLE = hasattr(signal, "setitimer") and hasattr(signal, "SIGPROF")


# Celery's workers set this for every signal that would end them; none but ours sends them SIGPROF.
_RESETS = frozenset({("billiard.common", "_shutdown_cleanup")})


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
        self._is_started = False
        self._is_paused = False

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
        _installed.append(self)
        return None

    def start(self) -> None:
        """Starts the timer, from any thread."""
        if self._is_ours and signal.getsignal(signal.SIGPROF) == self._hit:
            self._is_started = True
            self.spread(1.0)

    def stop(self) -> None:
        """Stops the timer, from any thread."""
        # First, or a signal that is on its way would set the timer again.
        self._is_started = False
        self._disarm()

    def pause(self) -> None:
        """Stops the timer until `resume`."""
        self._is_paused = True
        self._disarm()

    def resume(self) -> None:
        self._is_paused = False
        self.spread(1.0)

    def spread(self, factor: float) -> None:
        """Makes the next wait longer or shorter, if the timer runs."""
        if self._is_ours and self._is_started and not self._is_paused:
            signal.setitimer(signal.ITIMER_PROF, self.period_s * factor, self.period_s)

    def _disarm(self) -> None:
        if self._is_ours:
            signal.setitimer(signal.ITIMER_PROF, 0.0)

    def was_taken_away(self) -> bool:
        """Has the program set a handler of its own since this was last asked?"""
        is_news, self._is_news = self._is_news, False
        return is_news

    def _watch_signal(self) -> None:
        original = signal.signal
        sigprof = signal.SIGPROF

        @functools.wraps(original)
        def guarded(signalnum, handler):  # type: ignore[no-untyped-def]
            if signalnum == sigprof and handler != self._hit and threading.current_thread() is threading.main_thread():
                if self._is_ours and _is_reset(handler):
                    return self._hit
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


def _is_reset(handler: object) -> bool:
    return (getattr(handler, "__module__", None), getattr(handler, "__name__", None)) in _RESETS


_installed: list[ProfilingTimer] = []


def watch_exec() -> None:
    """Pauses the timer around exec: it survives that, the handler does not, and the new program would be killed.

    An audit hook would miss no exec. But it makes each look at a frame's code cost microseconds, for everybody.
    """
    for name in ("execv", "execve"):  # by these go all others of the module
        setattr(os, name, _pausing(getattr(os, name)))


def _pausing(execute: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(execute)
    def paused(*args: object, **kwargs: object) -> None:
        for timer in _installed:
            timer.pause()
        try:
            execute(*args, **kwargs)
        finally:  # it failed: the program lives on
            for timer in _installed:
                timer.resume()

    return paused
