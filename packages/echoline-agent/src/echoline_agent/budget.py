"""Watches what the agent's own work costs, and shuts parts of it while they cost more than their budget."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from echoline_agent.loud import say

SHARE = 0.02
"""Of one core, for all parts together, unless settings say otherwise."""
WINDOW_S = 5.0
FREE_S = 0.025
"""What a window may cost in any case, so that the bursts of a start shut nothing."""
SHUT_S = 10.0
LONGEST_SHUT_S = 600.0
MEASURED_ONE_IN = 16
"""Reading the clock of a thread costs about as much as naming a function: so one call in so many stands for all."""

Clock = Callable[[], float]
Later = Callable[[float, Callable[[], None]], object]


def _later(seconds: float, act: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()


@dataclass
class Part:
    """One part's account. `is_open` is a plain attribute: asking it costs nothing."""

    name: str
    is_open: bool = True
    spent_s: float = 0.0
    """CPU seconds in the window that runs."""
    total_s: float = 0.0
    shed: int = 0
    """How often it was shut."""
    opens_at: float = 0.0
    shut_s: float = SHUT_S
    _calls: int = 0

    def is_measured(self) -> bool:
        """Whether this call is one that stands for `MEASURED_ONE_IN`; counts it."""
        self._calls += 1
        return self._calls % MEASURED_ONE_IN == 1


@dataclass
class Budget:
    """Shares of one core's time. Parts report what they spend; the dearest is shut first when all cost too much."""

    share: float = SHARE
    now: Clock = time.monotonic
    later: Later = _later
    """What is shut spends nothing and so asks nothing: it has to be opened from elsewhere."""
    parts: dict[str, Part] = field(default_factory=dict)
    _since: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def part(self, name: str) -> Part:
        """The account of a part; made at the first asking."""
        return self.parts.setdefault(name, Part(name))

    def spend(self, part: Part, cpu_s: float, calls: int = 1) -> None:
        """Reports the thread CPU time of one call that stands for so many; now and then settles all accounts."""
        part.spent_s += cpu_s * calls
        part.total_s += cpu_s * calls
        self.review()

    def review(self) -> None:
        """Closes the window when it is over: shuts what cost too much, opens what has waited long enough."""
        now = self.now()
        if self._since is None:
            self._since = now
        if now - self._since < WINDOW_S or not self._lock.acquire(blocking=False):
            return
        try:
            self._settle(now, now - self._since)
        finally:
            self._lock.release()

    def open_due(self) -> None:
        """Opens what has waited long enough."""
        for part in self.parts.values():
            if not part.is_open and self.now() >= part.opens_at:
                part.is_open = True

    def open_all(self) -> None:
        """For a forked child: no timer of its parent's came along."""
        self._lock = threading.Lock()
        for part in self.parts.values():
            part.is_open = True

    def _settle(self, now: float, window_s: float) -> None:
        self._since = now
        self.open_due()
        allowed = max(FREE_S, self.share * window_s)
        total = sum(part.spent_s for part in self.parts.values())
        for part in sorted(self.parts.values(), key=lambda part: -part.spent_s):
            if total <= allowed:
                break
            total -= part.spent_s
            self._shut(part, now, part.spent_s / window_s)
        for part in self.parts.values():
            part.spent_s = 0.0

    def _shut(self, part: Part, now: float, share: float) -> None:
        part.is_open, part.opens_at = False, now + part.shut_s
        part.shed += 1
        self.later(part.shut_s, self.open_due)
        part.shut_s = min(part.shut_s * 2, LONGEST_SHUT_S)
        say(f"{part.name} took {share:.1%} of a core, more than its budget of {self.share:.1%}: it pauses now and then")


BUDGET = Budget()
"""The one of this process: parts ask `BUDGET.part("functions").is_open` and report with `BUDGET.spend`."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=BUDGET.open_all)
