"""The settle loop: when traces have been quiet for a while, finds out what no single span knows, and rolls it up.

A round reads the spans that arrived since the one before, with all others of their traces, writes their facts, and
commits how far it is. Facts replace those of an earlier round, so one that a crash interrupted is simply done again.
Rollups are made anew for the minutes whose facts changed.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from echoline.config import RetentionConfig, SettleConfig, days
from echoline.model.arrivals import Arrival, PartialTrace
from echoline.model.instants import BILLION
from echoline.pipeline.cut import Places, boundaries, pieces
from echoline.pipeline.settling.code import CodeObjects
from echoline.pipeline.settling.facts import Facts, Finder
from echoline.pipeline.settling.flows import FlowIds
from echoline.pipeline.settling.state import State, read_state, write_state

POLL_S = 1.0
# Bounds the memory of a round: spans that arrived, and spans of before that are read again because others came.
ROUND_SPANS = 200_000
JOINED_SPANS = 300_000
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
# Minutes or hours whose rollups are made together; in a hurry all are due.
_AT_ONCE = 60
_HURRY_NS = 100 * 365 * 86_400 * BILLION
_DAY_NS = 86_400 * BILLION


class Store(Protocol):
    """What settling needs of a store; see stores/settling.py."""

    def arrivals(self, after_ns: int, until_ns: int) -> Sequence[Arrival]: ...

    def arrived(self, after_ns: int, until_ns: int) -> pa.Table: ...

    def partial(self, after_ns: int, until_ns: int) -> Sequence[PartialTrace]: ...

    def whole(self, traces: Sequence[PartialTrace], until_ns: int) -> pa.Table: ...

    def languages(self, resource_ids: Sequence[int]) -> dict[int, str]: ...

    def insert(self, table: str, rows: pa.Table) -> None: ...

    def confirm(self) -> None: ...

    def roll_up_minutes(self, minutes: Sequence[int], built: int) -> None: ...

    def roll_up_hours(self, hours: Sequence[int], built: int) -> None: ...


class Settle:
    """Settles one store, by one thread that calls `run`; the rest may be called from any thread."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        arrived_until: Callable[[int], int],
        config: SettleConfig,
        retention: RetentionConfig,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """`folder` is where the state is kept; `arrived_until` is that of the load loop.

        Raises BadConfig when the state cannot be read.
        """
        self._folder, self._store, self._arrived_until = folder, store, arrived_until
        self._config, self._retention, self._clock = config, retention, clock
        self._finder = Finder(CodeObjects(store.languages), FlowIds())
        self._gate = threading.Lock()
        self.state = read_state(folder)
        self.error: str | None = None
        """Why the last round failed."""

    def run(self, stop: threading.Event) -> None:
        """Until it is told to stop; a failed round is tried again."""
        pause_s = _FIRST_PAUSE_S
        while not stop.is_set():
            try:
                while not stop.is_set() and self.step(round(self._config.quiet_seconds * BILLION)):
                    pass
                self.roll_up()
                self.error, pause_s = None, _FIRST_PAUSE_S
                stop.wait(POLL_S)
            except Exception as error:  # noqa: BLE001 (a loop that ends would leave all spans without facts)
                self.error = f"{type(error).__name__}: {error}"
                stop.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def step(self, quiet_ns: int) -> bool:
        """One round; False when no span has been in the store for longer than that without being settled."""
        with self._gate:
            now_ns, after_ns = self._clock(), self.state.settled_ns
            until_ns = self._bounded(after_ns, self._arrived_until(now_ns - quiet_ns))
            if until_ns <= after_ns:
                return False
            minutes = set[int]()
            for rows in self._traces(after_ns, until_ns):
                facts = self._finder.facts(rows, until_ns)
                self._insert(facts)
                minutes |= facts.minutes
            self._store.confirm()
            self._commit(self.state.settled(until_ns, self._kept(minutes, now_ns), now_ns))
            return True

    def roll_up(self, *, is_hurried: bool = False) -> None:
        """Makes the rollups of minutes whose facts have been left alone for a while, or have waited long; then those of
        their hours, when these are over or have waited even longer. All of them when hurried."""
        with self._gate:
            now_ns = self._clock()
            minutes = self.state.minutes_due(now_ns + (_HURRY_NS if is_hurried else 0))
            for first in range(0, len(minutes), _AT_ONCE):
                some, built = minutes[first : first + _AT_ONCE], max(now_ns, self.state.built + 1)
                self._store.roll_up_minutes(some, built)
                self._store.confirm()
                self._commit(self.state.with_minutes(some, built, now_ns))
            hours = self.state.hours_due(now_ns + (_HURRY_NS if is_hurried else 0))
            for first in range(0, len(hours), _AT_ONCE):
                some, built = hours[first : first + _AT_ONCE], max(now_ns, self.state.built + 1)
                self._store.roll_up_hours(some, built)
                self._store.confirm()
                self._commit(self.state.with_hours(some, built))

    def flush(self) -> None:
        """Settles and rolls up all that is in the store, quiet or not."""
        while self.step(0):
            pass
        self.roll_up(is_hurried=True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Between two rounds for the length of the block, after which the state is read again."""
        with self._gate:
            yield
            self.state = read_state(self._folder)
            self._finder.forget()

    def _bounded(self, after_ns: int, until_ns: int) -> int:
        """The last arrival of a round of some `ROUND_SPANS`, but of one arrival at least; `after_ns` without any."""
        arrivals = self._store.arrivals(after_ns, until_ns) if until_ns > after_ns else ()
        totals = itertools.accumulate(each.spans for each in arrivals)
        fitting = [each for each, total in zip(arrivals, totals, strict=True) if total <= ROUND_SPANS] or arrivals[:1]
        return fitting[-1].arrived_ns if fitting else after_ns

    def _traces(self, after_ns: int, until_ns: int) -> Iterator[pa.Table]:
        """The spans of the round, each trace whole: first those of which nothing was there before."""
        rows = self._store.arrived(after_ns, until_ns)
        joined = [
            each for each in self._store.partial(after_ns, until_ns) if each.spans <= self._config.max_trace_spans
        ]
        if joined:
            ids = pa.array([each.trace_id for each in joined], pa.binary(16))
            rows = rows.filter(pc.invert(pc.is_in(rows.column("trace_id"), ids)))
        yield rows
        groups = np.cumsum([each.spans for each in joined]) // JOINED_SPANS
        for group in np.unique(groups):
            yield self._store.whole([each for each, of in zip(joined, groups, strict=True) if of == group], until_ns)

    def _insert(self, facts: Facts) -> None:
        for name, table in facts.tables.items():
            places = _places(name, table)
            for piece in pieces(table, places, boundaries(places)):
                if piece.num_rows:
                    self._store.insert(name, piece)

    def _kept(self, minutes: set[int], now_ns: int) -> set[int]:
        """Without minutes that are so old that raw rows may be gone: making their rollups again would lose them."""
        kept = [days(each) for each in (self._retention.raw, *(rule.keep for rule in self._retention.rules))]
        shortest = min((each for each in kept if each is not None), default=None)
        if shortest is None:
            return minutes
        oldest_s = (now_ns // _DAY_NS - shortest) * 86_400
        return {each for each in minutes if each >= oldest_s}

    def _commit(self, state: State) -> None:
        write_state(self._folder, state)
        self.state = state


def _places(name: str, table: pa.Table) -> Places:
    """By day and retention, as the schema partitions facts; the other tables of a round go into few months."""
    partitions = np.zeros(table.num_rows, np.int64)
    if name == "span_facts":
        day = table.column("start").cast(pa.int64()).to_numpy() // _DAY_NS
        partitions = day << 16 | table.column("retention_days").to_numpy()
    return Places(partitions, np.zeros(0, np.int64))
