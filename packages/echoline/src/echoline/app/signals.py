"""Turns the signals that end a process into something its main loop waits for, so nothing is cut off halfway."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

ENDING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


@dataclass(frozen=True)
class Signals:
    """Signals that have arrived and not been looked at."""

    _pipe: int

    def wait(self, timeout_s: float) -> set[signal.Signals]:
        """Those that arrive within the time, as soon as there are any; SIGCHLD is among them."""
        if not select.select([self._pipe], [], [], timeout_s)[0]:
            return set()
        return {signal.Signals(number) for number in os.read(self._pipe, 4096)}

    def wait_for_end(self, timeout_s: float) -> bool:
        """True as soon as somebody asks this process to end, False when the time is over or a child has ended."""
        return bool(self.wait(timeout_s) & ENDING)


@contextmanager
def caught() -> Iterator[Signals]:
    """From here to the end of the block signals only wake up whoever waits. Main thread only."""
    pipe, end = os.pipe()
    os.set_blocking(end, False)
    watched = [*ENDING, signal.SIGCHLD]
    before = {each: signal.signal(each, lambda *_: None) for each in watched}
    wakeup = signal.set_wakeup_fd(end, warn_on_full_buffer=False)
    try:
        yield Signals(pipe)
    finally:
        signal.set_wakeup_fd(wakeup)
        for each, handler in before.items():
            signal.signal(each, handler)
        os.close(pipe)
        os.close(end)
