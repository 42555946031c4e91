"""The load loop: journal, decoding, processors in order, store; each accepted item exactly once.

One round gathers requests, writes an intent, inserts, and commits the position. Everything between two commits may be
done again after a crash, and then changes nothing: see `intent`.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from echoline.config import StoreConfig
from echoline.errors import BadInput, Busy
from echoline.journal.committed import read_committed, write_committed
from echoline.journal.reader import expanded_bytes, read
from echoline.model.records import Position, Record
from echoline.pipeline.cut import boundaries, pieces
from echoline.pipeline.intent import Intent, read_intent, write_intent
from echoline.pipeline.preparing import Prepared, Preparing
from echoline.pipeline.progress import Loading, Progress
from echoline.pipeline.quarantine import Quarantine
from echoline.pipeline.route import Route
from echoline.pipeline.seen import Seen

POLL_S = 0.05
# Bounds the rows that are held for one insert, in bytes of their requests: four times `batch_bytes`.
_BODIES_PER_BATCH = 4
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0


class Tables(Protocol):
    """Where rows go. A second insert with the same token adds nothing."""

    def insert(self, table: str, rows: pa.Table, token: str) -> None: ...

    def confirm(self) -> None:
        """Raises Unavailable when something that was inserted is not on the disk; then it is not there at all."""


class Load:
    """One journal into one store, by one thread that calls `run`; the rest may be called from any thread."""

    def __init__(
        self,
        journal: Path,
        store: Tables,
        route: Route,
        config: StoreConfig,
        quarantine: Quarantine,
        clock: Callable[[], int] = time.time_ns,
        relieve: Callable[[], None] = lambda: None,
    ) -> None:
        """`relieve` is called after each failure, before the next try: the engine may have been short of memory."""
        self._journal, self._store, self._config = journal, store, config
        self._quarantine, self._clock, self._relieve = quarantine, clock, relieve
        self.route = route
        """May be replaced at any time; it holds from the next batch on."""
        self.progress = Progress(clock)
        self._seen = Seen()
        self._gate = threading.Lock()
        self._arrived_ns = 0
        self._idle = threading.Condition()
        self._idle_since_s = 0.0
        self._hurried = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Loads until it is told to stop, and then finishes its batch. Whatever fails is tried again."""
        pause_s = _FIRST_PAUSE_S
        while not stop.is_set():
            began_s = time.monotonic()
            try:
                has_loaded = self.step(stop)
                self.progress.recovered()
                pause_s = _FIRST_PAUSE_S
            except Exception as error:  # noqa: BLE001 (a loop that ends would leave everything in the journal)
                self.progress.failed(error)
                self._relieve()
                stop.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                continue
            if not has_loaded:
                with self._idle:
                    self._idle_since_s = began_s
                    self._idle.notify_all()
                self._hurried.wait(POLL_S)
                self._hurried.clear()

    def step(self, stop: threading.Event) -> bool:
        """One round; False when there is nothing to load.

        Raises what journal and store raise; the next call takes up where this one was.
        """
        position = read_committed(self._journal)
        intent = read_intent(self._journal)
        if intent is not None and intent.start == position:
            self._replay(intent)
            return True
        now_ns, route, prepared = self._clock(), self.route, Prepared()
        end = self._gather(position, route.preparing(route.terms, now_ns), prepared, stop)
        if end == position:
            self.progress.caught_up(position)
            return False
        prepared.tell(now_ns)
        cut = {name: boundaries(places) for name, _, places in prepared.whole()}
        intent = Intent(uuid.uuid4().hex, position, end, now_ns, route.terms, route.version, cut)
        with self._gate:
            intent = replace(intent, arrived_ns=self._next_arrival())
            write_intent(self._journal, intent)
            self._insert(intent, prepared)
        return True

    def flush(self, timeout_s: float) -> Loading:
        """Returns when everything that is journalled now is in the store, or the time is over; how far it is."""
        asked_s = time.monotonic()
        with self._idle:
            while self._idle_since_s < asked_s:
                self._hurried.set()
                if not self._idle.wait(0.02) and time.monotonic() > asked_s + timeout_s:
                    break
        return self.progress.status()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Between two batches for the length of the block: nothing in the store is half there."""
        with self._gate:
            yield
            self._seen.forget()

    @contextmanager
    def between_batches(self) -> Iterator[None]:
        """Like `paused`, for who copies the store. Raises Busy when a batch is half in it, and is being tried again."""
        with self._gate:
            intent = read_intent(self._journal)
            if intent is not None and intent.start == read_committed(self._journal):
                raise Busy(f"a batch is only half loaded: {self.progress.status().error or 'it is being repeated'}")
            yield

    def arrived_until(self, bound_ns: int) -> int:
        """When the newest spans arrived up to the bound: they are in the store, and others will arrive later than that.

        Waits for the batch that is being inserted.
        """
        with self._gate:
            intent = read_intent(self._journal)
            if intent is None:
                return 0
            is_whole = intent.start != read_committed(self._journal)
            return min(bound_ns, _arrival(intent) - (0 if is_whole else 1))

    def arrive_after(self, time_ns: int) -> None:
        """Spans that come from now on arrive later than that, also when the journal was moved away."""
        self._arrived_ns = max(self._arrived_ns, time_ns)

    def _next_arrival(self) -> int:
        """Now, but later than all before, also when the clock went back."""
        last = read_intent(self._journal)
        before_ns = max(self._arrived_ns, _arrival(last) if last else 0)
        return max(self._clock(), before_ns + 1)

    def _gather(self, start: Position, preparing: Preparing, prepared: Prepared, stop: threading.Event) -> Position:
        """Prepares requests until the batch is full or old enough; where it ends.

        Bodies are held until there are `batch_bytes` of them, so that preparing them pays; rows until the batch ends.
        """
        until_s, room, waiting = None, _BODIES_PER_BATCH * self._config.batch_bytes, list[Record]()
        end = start
        while room > 0 and prepared.items.total() < self._config.batch_rows:
            held = sum(expanded_bytes(record.request) for record in waiting)
            more = read(self._journal, end, max_bytes=max(1, self._config.batch_bytes - held))
            waiting, end = waiting + more, more[-1].end if more else end
            until_s = until_s or self._deadline_s(waiting)
            is_late = until_s is None or time.monotonic() >= until_s or self._hurried.is_set() or stop.is_set()
            size = held + sum(expanded_bytes(record.request) for record in more)
            if size >= self._config.batch_bytes:
                preparing.prepare([record.request for record in waiting], prepared)
                waiting, room = [], room - size
            elif is_late:
                break
            else:
                self._hurried.wait(POLL_S)
        preparing.prepare([record.request for record in waiting], prepared)
        return end

    def _deadline_s(self, waiting: Sequence[Record]) -> float | None:
        """When the first request is old enough to be inserted; None when there is none."""
        if not waiting:
            return None
        received_ns = waiting[0].request.received_ns
        self.progress.waiting(received_ns)
        return time.monotonic() + self._config.batch_seconds - max(0, self._clock() - received_ns) / 1e9

    def _replay(self, intent: Intent) -> None:
        """Does again what a crash or an error interrupted."""
        preparing, prepared = self.route.preparing(intent.terms, intent.now_ns), Prepared()
        for records in self._recorded(intent):
            self.progress.waiting(records[0].request.received_ns)
            preparing.prepare([record.request for record in records], prepared)
        prepared.tell(intent.now_ns)
        with self._gate:
            self._insert(intent, prepared)

    def _recorded(self, intent: Intent) -> Iterator[list[Record]]:
        """The requests of an intent, some at a time."""
        position = intent.start
        while records := read(self._journal, position, max_bytes=self._config.batch_bytes, until=intent.end):
            yield records
            position = records[-1].end

    def _insert(self, intent: Intent, prepared: Prepared) -> None:
        """All inserts of a batch in their order, then the commit."""
        for request, bad in prepared.bad:
            self._quarantine.put(request, bad.reason, bad.message)
        for name, table, places in prepared.whole():
            cut = intent.cut.get(name, ())
            for part, piece in enumerate(pieces(table, places, cut)):
                token = f"{intent.id}:{name}:{part}"
                if token in intent.done:
                    continue
                try:
                    self._insert_piece(name, piece, token, _arrival(intent))
                except BadInput:
                    self._insert_singly(intent, name, part)
                if cut:
                    self._store.confirm()
                    intent = intent.having(token)
                    write_intent(self._journal, intent)
        self._store.confirm()
        write_committed(self._journal, intent.end)
        self._seen.learn(prepared)
        self.progress.loaded(prepared, intent.end)

    def _insert_piece(self, name: str, piece: pa.Table, token: str, arrived_ns: int) -> None:
        fresh = self._seen.fresh(name, piece)
        if name == "spans":
            arrived = pa.scalar(arrived_ns).cast(pa.timestamp("ns"))
            fresh = fresh.append_column("arrived", pa.repeat(arrived, fresh.num_rows))
        if fresh.num_rows:
            self._store.insert(name, fresh, token)

    def _insert_singly(self, intent: Intent, name: str, part: int) -> None:
        """One request after the other, because the store refuses them together; the refused ones are set aside."""
        preparing = self.route.preparing(intent.terms, intent.now_ns)
        for record in (record for records in self._recorded(intent) for record in records):
            alone = Prepared()
            preparing.prepare([record.request], alone)
            rows = next((found[1:] for found in alone.whole() if found[0] == name), None)
            if rows is None:
                continue
            piece = list(pieces(*rows, intent.cut.get(name, ())))[part]
            try:
                token = f"{intent.id}:{name}:{part}:{record.end.segment}:{record.end.offset}"
                self._insert_piece(name, piece, token, _arrival(intent))
            except BadInput as error:
                self._quarantine.put(record.request, "refused_by_store", str(error))


def _arrival(intent: Intent) -> int:
    return intent.arrived_ns or intent.now_ns
