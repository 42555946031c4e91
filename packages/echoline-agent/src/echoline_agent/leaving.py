"""Sends what is still waiting before a process ends in a way that skips Python's own clean-up."""

import atexit
import os
import threading
from typing import Any, NoReturn, Protocol

from echoline_agent.guard import guard

LONGEST_S = 2.0
"""How long an ending process may be held back."""
ONE_TRY_S = 1.0


class Flushes(Protocol):
    """A provider: what it holds back can be sent now."""

    def force_flush(self, timeout_millis: int = ...) -> bool: ...


flushes: list[Flushes] = []
"""The providers in use, ours and adopted ones."""


def hurry_at_exit(exporter: Any) -> None:
    """Lets an exporter try once at exit, and not for long: by itself it tries for ten seconds, each of the three.

    To be called after the provider was made that uses it: what is registered last runs first.
    """
    atexit.register(_hurry, exporter)


@guard("leaving")
def _hurry(exporter: Any) -> None:
    sender = getattr(exporter, "_client", exporter)
    sender._timeout = ONE_TRY_S  # noqa: SLF001 - there is no public way to say so
    for name in ("_shutdown_event", "_shutdown_is_occuring"):  # in newer releases, in older ones
        if stops := getattr(sender, name, None):
            stops.set()


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
