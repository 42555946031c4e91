"""Hands the samples that wait to the receiver, as one profile a time."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from echoline_agent.budget import BUDGET, Budget
from echoline_agent.profiling.profile_request import Interval, profile_request
from echoline_agent.profiling.samples import Place, Room
from echoline_agent.profiling.sending import Sender

MOST_PLACES = 5_000
"""Places of one request; the cheapest ones beyond it are left out and counted."""


class Profiles:
    """Empties a room of samples into requests."""

    def __init__(
        self,
        room: Room,
        sender: Sender,
        resource: Callable[[], Mapping[str, Any]],
        period_s: float,
        budget: Budget = BUDGET,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._room, self._sender, self._resource, self._now_ns = room, sender, resource, now_ns
        self._period_ns = int(period_s * 1e9)
        self._budget, self._part = budget, budget.part("profiling")
        self._since_ns = now_ns()
        self.dropped = 0

    def report(self, limit_s: float | None) -> None:
        """Sends one request, if anything waits. What the receiver does not take is dropped."""
        began = time.thread_time()
        added, since_ns = self._room.take(), self._since_ns
        self._since_ns = self._now_ns()
        if not added or self._sender.is_paused():
            self.dropped += len(added)
            return
        interval = Interval(since_ns, self._since_ns - since_ns, self._period_ns)
        body = profile_request(self._dearest(added), interval, self._resource())
        self._sender.send(body, limit_s)
        self._budget.spend(self._part, time.thread_time() - began)

    def _dearest(self, added: dict[Place, int]) -> dict[Place, int]:
        if len(added) <= MOST_PLACES:
            return added
        self.dropped += len(added) - MOST_PLACES
        kept = sorted(added.items(), key=lambda each: -each[1])[:MOST_PLACES]
        return dict(kept)
