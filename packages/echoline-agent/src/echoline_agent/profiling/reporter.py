"""Sends what the sampler and the census found, every few seconds, from a thread of its own."""

import random
import threading
from collections.abc import Callable, Sequence

from opentelemetry.context import (
    _SUPPRESS_HTTP_INSTRUMENTATION_KEY,
    _SUPPRESS_INSTRUMENTATION_KEY,
    Context,
    attach,
    detach,
    set_value,
)

from echoline_agent.guard import guard
from echoline_agent.profiling.other_threads import OURS

EVERY_S = 15.0
FIRST_S = 2.0
"""A developer looks on when a program has just started: the first waits are shorter, each twice the one before."""
AT_EXIT_S = 2.0
"""What the end of a program may wait for its last samples."""

Report = Callable[[float | None], None]
"""Sends what is there; with a time limit in seconds, or none but the sender's own."""


class Reporter:
    """Calls each report every `every_s` seconds, and once more at the end."""

    def __init__(
        self, reports: Sequence[Report], every_s: float = EVERY_S, chance: random.Random | None = None
    ) -> None:
        self._reports, self._every_s = reports, every_s
        self._chance = chance or random.Random()  # noqa: S311 - spreads the load of many processes
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, after_s: float = 0.0) -> None:
        """Begins in this process; call it again in a forked child."""
        self._ended = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(self._ended, after_s), name=f"{OURS}reporter", daemon=True
        )
        self._thread.start()

    def end(self) -> None:
        """Sends the rest, within `AT_EXIT_S`."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(AT_EXIT_S)

    def force_flush(self, timeout_millis: int = 2_000) -> bool:
        """Sends what waits, from the calling thread."""
        token = attach(_unseen())
        try:
            self._report(timeout_millis / 1000)
        finally:
            detach(token)
        return True

    def _run(self, ended: threading.Event, after_s: float) -> None:
        if ended.wait(after_s):
            return
        attach(_unseen())
        wait_s = min(FIRST_S, self._every_s)
        while not ended.wait(wait_s * self._chance.uniform(0.8, 1.2)):
            self._report(None)
            wait_s = min(wait_s * 2, self._every_s)
        self._report(AT_EXIT_S)

    def _report(self, limit_s: float | None) -> None:
        for report in self._reports:
            guard("profiling")(report)(limit_s)


def _unseen() -> Context:
    """A context in which an instrumented HTTP client makes no spans: what it does for us is no work of the program."""
    return set_value(_SUPPRESS_HTTP_INSTRUMENTATION_KEY, True, set_value(_SUPPRESS_INSTRUMENTATION_KEY, True))
