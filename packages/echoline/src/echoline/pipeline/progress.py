"""How loading goes: what `health` and `doctor` tell about it."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from echoline.model.records import START, Position
from echoline.pipeline.preparing import Prepared

_RATE_S = 10.0


@dataclass(frozen=True)
class Loading:
    """The state of the load loop. Counts are since the start of the process; `lag_seconds` is the age of the oldest
    request that is in the journal and not in the store, 0 when there is none."""

    segment: int
    offset: int
    lag_seconds: float
    spans_per_second: float
    loaded: Mapping[str, int] = field(default_factory=dict)
    requests: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    cut: Mapping[str, int] = field(default_factory=dict)
    quarantined: int = 0
    error: str | None = None
    """Why loading stands still; None when it does not."""
    last_error: str | None = None
    last_error_ns: int | None = None


class Progress:
    """Counts kept by the load loop and read by others."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._position: Position = START
        self._oldest_ns: int | None = None
        self._loaded: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._cut: Counter[str] = Counter()
        self._requests = self._quarantined = 0
        self._recent: deque[tuple[float, int]] = deque()
        self._error: str | None = None
        self._last_error: tuple[str, int] | None = None

    def waiting(self, received_ns: int) -> None:
        """The oldest request that is not loaded."""
        self._oldest_ns = received_ns

    def caught_up(self, position: Position) -> None:
        """Nothing is waiting."""
        self._oldest_ns, self._position = None, position

    def loaded(self, prepared: Prepared, position: Position) -> None:
        """A batch is committed."""
        with self._lock:
            self._oldest_ns, self._position = None, position
            self._requests += prepared.requests
            self._quarantined += len(prepared.bad)
            for signal, items in prepared.items.items():
                self._loaded[signal] += items
            for (_, reason), items in prepared.rejected.items():
                self._rejected[reason] += items
            for (_, reason), items in prepared.cut.items():
                self._cut[reason] += items
            self._recent.append((time.monotonic(), prepared.items["traces"]))

    def failed(self, error: BaseException) -> None:
        """The loop stands still for now."""
        message = f"{type(error).__name__}: {error}"
        self._error, self._last_error = message, (message, self._clock())

    def recovered(self) -> None:
        self._error = None

    def status(self) -> Loading:
        """All of it at this moment."""
        with self._lock:
            now_s = time.monotonic()
            while self._recent and self._recent[0][0] < now_s - _RATE_S:
                self._recent.popleft()
            last_error, last_error_ns = self._last_error or (None, None)
            oldest_ns = self._oldest_ns
            return Loading(
                segment=self._position.segment,
                offset=self._position.offset,
                lag_seconds=max(0.0, (self._clock() - oldest_ns) / 1e9) if oldest_ns is not None else 0.0,
                spans_per_second=sum(spans for _, spans in self._recent) / _RATE_S,
                loaded=dict(self._loaded),
                requests=self._requests,
                rejected=dict(self._rejected),
                cut=dict(self._cut),
                quarantined=self._quarantined,
                error=self._error,
                last_error=last_error,
                last_error_ns=last_error_ns,
            )
