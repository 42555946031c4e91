"""Sends what is still waiting before a process ends in a way that skips Python's own clean-up."""

import os
import threading
from typing import NoReturn, Protocol

from echoline_agent.guard import guard

LONGEST_S = 2.0
"""How long an ending process may be held back."""


class Flushes(Protocol):
    """A provider: what it holds back can be sent now."""

    def force_flush(self, timeout_millis: int = ...) -> bool: ...


flushes: list[Flushes] = []
"""The providers in use, ours and adopted ones."""


def flush_before_hard_exits() -> None:
    """Wraps `os._exit`: the workers of Celery and `multiprocessing` end by it, and run nothing at exit."""
    leave = os._exit

    def flushed(status: int) -> NoReturn:
        flush()
        leave(status)

    os._exit = flushed


@guard("flushing")
def flush() -> None:
    """Sends what is waiting, for at most `LONGEST_S`; in a thread, since a lock may be held by whoever ends us."""
    thread = threading.Thread(target=_flush_all, daemon=True, name="echoline-flush")
    thread.start()
    thread.join(LONGEST_S)


def _flush_all() -> None:
    for provider in flushes:
        guard("flushing")(provider.force_flush)(timeout_millis=int(LONGEST_S * 1000))
