"""Counts what a receiver answered."""

import threading
from collections import Counter
from collections.abc import Mapping


class Counts:
    """Requests by reason of their refusal, and items rejected in requests that were taken. Any thread may add."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refused: Counter[str] = Counter()
        self._rejected = 0

    def refuse(self, reason: str) -> None:
        with self._lock:
            self._refused[reason] += 1

    def reject(self, items: int) -> None:
        with self._lock:
            self._rejected += items

    @property
    def refused(self) -> Mapping[str, int]:
        with self._lock:
            return dict(self._refused)

    @property
    def rejected(self) -> int:
        with self._lock:
            return self._rejected
