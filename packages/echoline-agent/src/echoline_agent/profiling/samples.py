"""Samples of CPU time as they are taken, and the bounded room where they wait to be sent."""

from collections import deque
from typing import NamedTuple

from echoline_agent.profiling.stacks import Stack


class SpanIds(NamedTuple):
    """Which span was running; zeros where none was."""

    trace_id: int
    span_id: int


NO_SPAN = SpanIds(0, 0)


class Place(NamedTuple):
    """Where CPU time was spent: what samples are added up by."""

    stack: Stack
    span: SpanIds
    thread: str
    is_approximate: bool


class Sample(NamedTuple):
    """CPU time of one thread since its sample before."""

    place: Place
    cpu_ns: int


class Room:
    """Samples that wait. No lock: a signal handler may come at any moment, also inside this class.

    When it is full the oldest sample makes room for a new one; `dropped` counts them.
    """

    def __init__(self, size: int = 20_000) -> None:
        self._waiting: deque[Sample] = deque(maxlen=size)
        self._size = size
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, sample: Sample) -> None:
        if len(self._waiting) >= self._size:
            self.dropped += 1
        self._waiting.append(sample)

    def clear(self) -> None:
        """Forgets all: what waits in a forked child is its parent's."""
        self._waiting.clear()
        self.dropped = 0

    def take(self) -> dict[Place, int]:
        """CPU nanoseconds by place, of everything that waited when asked."""
        added: dict[Place, int] = {}
        for _ in range(len(self._waiting)):
            place, cpu_ns = self._waiting.popleft()
            added[place] = added.get(place, 0) + cpu_ns
        return added
