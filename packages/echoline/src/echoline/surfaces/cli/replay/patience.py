"""Asks again while a receiver is away or full, as an exporter does: its own delay if it names one, else backoff."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from echoline.errors import Unavailable
from echoline.model.records import Signal
from echoline.surfaces.cli.replay.answers import Acknowledged, Answer, Away, Refused

FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 15.0


class Sender(Protocol):
    """A way to a receiver."""

    def send(self, signal: Signal, body: bytes) -> Answer: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Patience:
    """How long one request is tried, and what to do meanwhile: `tell` gets the reason and the wait in seconds."""

    give_up_after_s: float
    tell: Callable[[str, float], None]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def send(self, sender: Sender, signal: Signal, body: bytes) -> Acknowledged | Refused:
        """The receiver's final answer. Raises Unavailable with its last words when time is up."""
        until, wait_s = self.clock() + self.give_up_after_s, FIRST_WAIT_S
        while True:
            answer = sender.send(signal, body)
            if not isinstance(answer, Away):
                return answer
            pause_s = wait_s * (0.5 + self.chance()) if answer.retry_after_s is None else answer.retry_after_s
            if self.clock() + pause_s > until:
                raise Unavailable(f"gave up after {self.give_up_after_s:g} s: {answer.message}")
            self.tell(answer.message, pause_s)
            self.sleep(pause_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
