"""The upkeep loop: lets go of what is older than its retention or beyond the bounds of disk and quarantine."""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Protocol

import pyarrow as pa

from echoline.pipeline.quarantine import Quarantine

EVERY_S = 60.0
_SIGNALS = {"spans": "traces", "logs": "logs", "metric_points": "metrics", "profile_samples": "profiles"}


class Dropped(Protocol):
    """What a store let go, in rows by table."""

    @property
    def crowded_out(self) -> Mapping[str, int]: ...


class Store(Protocol):
    """A store that keeps to its bounds when told."""

    def drop_expired(self, now_ns: int) -> Dropped: ...

    def insert(self, table: str, rows: pa.Table, token: str) -> None: ...


class Upkeep:
    """Looks after one store and one quarantine; `error` tells why the last round failed."""

    def __init__(self, store: Store, quarantine: Quarantine, clock: Callable[[], int] = time.time_ns) -> None:
        self._store, self._quarantine, self._clock = store, quarantine, clock
        self.error: str | None = None

    def run(self, stop: threading.Event) -> None:
        """Until it is told to stop; a failed round is tried again at the next one."""
        while True:
            try:
                self.once()
                self.error = None
            except Exception as error:  # noqa: BLE001 (a loop that ends would let the disk fill)
                self.error = f"{type(error).__name__}: {error}"
            if stop.wait(EVERY_S):
                return

    def once(self) -> None:
        """One round. What went for want of room is counted as refused: `disk_full`."""
        now_ns = self._clock()
        self._quarantine.tidy(now_ns)
        dropped = self._store.drop_expired(now_ns)
        rows = [
            {"signal": _SIGNALS[table], "reason": "disk_full", "is_cut": False, "items": items}
            for table, items in dropped.crowded_out.items()
            if table in _SIGNALS
        ]
        if rows:
            time_s = pa.repeat(pa.scalar(now_ns // 10**9, pa.uint32()), len(rows))
            self._store.insert("refusals", pa.Table.from_pylist(rows).append_column("time", time_s), uuid.uuid4().hex)
