"""Appends requests durably: many wait, one thread writes and syncs for all of them, and deletes what is committed."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from echoline.config import ReceiveConfig
from echoline.errors import Busy, Unavailable
from echoline.journal import segment, tidying
from echoline.journal.appender import Appender
from echoline.journal.committed import read_committed
from echoline.journal.duplicates import Duplicates
from echoline.journal.hash_log import HashLog
from echoline.journal.ownership import claim
from echoline.journal.segment import Digest
from echoline.journal.status import JournalStatus
from echoline.model.records import Position, Request, SegmentNumber, Signal

_NS = 1_000_000_000
# Bytes written before one sync: more would make the first ones wait for the last.
_GROUP_BYTES = 8 << 20
_TIDY_S = 1.0
# A segment that is loaded while it is written ends at this age, so that it can go: its bytes are not redacted.
_LINGER_S = 10.0
_RETRY_DISK_S = 5.0


@dataclass(slots=True)
class _Waiting:
    """A request on its way to the disk, and how many repeated it meanwhile."""

    request: Request
    digest: Digest
    size: int
    done: "Future[None]" = field(default_factory=Future)
    repeats: int = 0


class Writer:
    """The only writer and deleter of a journal; `append` may be called from any thread."""

    def __init__(self, folder: Path, config: ReceiveConfig, clock: Callable[[], int] = time.time_ns) -> None:
        """`clock` gives nanoseconds since 1970. A disk that is full does not stop the start.

        Raises BadConfig if the folder cannot be written, belongs to another writer or to another version.
        """
        self._folder, self._config, self._clock = folder, config, clock
        self._ownership = claim(folder)
        self._lock = threading.Condition()
        self._queue: deque[_Waiting] = deque()
        self._in_flight: dict[Digest, _Waiting] = {}
        self._queue_bytes = 0
        self._ending = False
        self._accepted: Counter[Signal] = Counter()
        self._accepted_bytes: Counter[Signal] = Counter()
        self._refused: Counter[str] = Counter()
        self._repeated = 0
        self._error: tuple[str, int] | None = None
        self._duplicates = Duplicates(config.duplicate_window_s)
        self._log = HashLog(folder / "hashes.log")
        try:
            self._open()
        except BaseException:
            self._ownership.close()
            raise
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def append(self, request: Request) -> "Future[None]":
        """Takes a request; the future ends when it is on the disk, or fails with Unavailable.

        A body journalled in the last `duplicate_window_s` seconds is not stored again; one still in flight shares its
        future. Raises Busy when the queue or the journal is full, Unavailable when the writer is ending.
        """
        digest = segment.digest(request)
        with self._lock:
            if self._ending:
                self._refused["ending"] += 1
                raise Unavailable("the receiver is ending; ask again")
            repeated = self._repeat(digest)
            if repeated is not None:
                return repeated
            size = len(request.body) + segment.HEAD.size
            self._check_room(size)
            waiting = _Waiting(request, digest, size)
            # Running futures cannot be cancelled: one caller that goes away must not fail the others.
            waiting.done.set_running_or_notify_cancel()
            self._queue.append(waiting)
            self._in_flight[digest] = waiting
            self._queue_bytes += size
            self._lock.notify()
            return waiting.done

    def status(self) -> JournalStatus:
        """Counts and sizes at this moment."""
        with self._lock:
            message, at_ns = self._error or (None, None)
            return JournalStatus(
                accepted_requests=dict(self._accepted),
                accepted_bytes=dict(self._accepted_bytes),
                duplicates=self._repeated,
                refused=dict(self._refused),
                queue_bytes=self._queue_bytes,
                journal_bytes=self._journal_bytes,
                segments=self._segments,
                remembered=len(self._duplicates),
                last_error=message,
                last_error_ns=at_ns,
            )

    def close(self) -> None:
        """Writes what waits, deletes what is loaded, and lets the journal go. What comes later is refused as
        Unavailable."""
        with self._lock:
            self._ending = True
            self._lock.notify()
        self._thread.join()
        self._appender.close()
        self._tidy(is_last=True)
        self._ownership.close()

    def _open(self) -> None:
        """Learns what is there and starts a segment behind it."""
        for digest, at_s in sorted(tidying.remembered(self._folder, self._log, self._since_s()), key=itemgetter(1)):
            self._duplicates.remember(digest, at_s)
        committed = read_committed(self._folder)
        sizes = tidying.sizes(self._folder)
        self._measure(sizes, committed)
        newest = max([committed.segment, *sizes])
        self._appender = Appender(self._folder, self._config.segment_bytes, newest)
        try:
            self._appender.start_segment()
        except OSError as error:
            self._note(error)
        self._tidy()

    def _repeat(self, digest: Digest) -> "Future[None] | None":
        waiting = self._in_flight.get(digest)
        if waiting is not None:
            waiting.repeats += 1
            return waiting.done
        if digest not in self._duplicates:
            return None
        self._repeated += 1
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def _check_room(self, size: int) -> None:
        # A body larger than the whole queue still passes when it comes alone.
        if self._queue and self._queue_bytes + size > self._config.max_queue_bytes:
            self._refused["queue_full"] += 1
            raise Busy(f"{self._queue_bytes} bytes wait for the disk; ask again", retry_after_s=1)
        if self._journal_bytes + self._queue_bytes + size > self._config.max_journal_bytes:
            self._refused["journal_full"] += 1
            raise Busy(f"the journal holds {self._journal_bytes} bytes that are not loaded yet", retry_after_s=5)

    def _run(self) -> None:
        tidied = time.monotonic()
        while True:
            group = self._next_group()
            if group:
                self._store(group)
            elif self._ending:
                return
            if time.monotonic() - tidied >= _TIDY_S:
                self._tidy()
                tidied = time.monotonic()

    def _next_group(self) -> list[_Waiting]:
        """What waits, up to a group; nothing after a second without any."""
        with self._lock:
            if not self._queue and not self._ending:
                self._lock.wait(_TIDY_S)
            group: list[_Waiting] = []
            size = 0
            while self._queue and size < _GROUP_BYTES:
                group.append(self._queue.popleft())
                size += group[-1].size
            return group

    def _store(self, group: list[_Waiting]) -> None:
        """Writes and syncs a group, then tells everybody who waits for it."""
        error: Exception | None = None
        try:
            written = self._appender.append([segment.framed(each.request, each.digest) for each in group])
        except Exception as caught:  # noqa: BLE001 - whatever it is, those who wait must be told and the thread goes on
            error, written = caught, 0
        now_s = self._clock() // _NS
        with self._lock:
            for each in group:
                del self._in_flight[each.digest]
                self._queue_bytes -= each.size
                if error is None:
                    self._count(each, now_s)
            if error is None:
                self._journal_bytes += written
                self._error = None
            else:
                self._note(error)
                self._refused["disk"] += sum(1 + each.repeats for each in group)
        for each in group:
            if error is None:
                each.done.set_result(None)
            else:
                each.done.set_exception(Unavailable(f"the journal's disk: {error}", retry_after_s=_RETRY_DISK_S))

    def _count(self, stored: _Waiting, now_s: int) -> None:
        self._duplicates.remember(stored.digest, now_s)
        self._accepted[stored.request.signal] += 1
        self._accepted_bytes[stored.request.signal] += len(stored.request.body)
        self._repeated += stored.repeats

    def _tidy(self, *, is_last: bool = False) -> None:
        """Deletes what is committed and forgets what is old; nothing is appended any more after the last time."""
        try:
            committed = read_committed(self._folder)
            is_loaded_here = committed.segment == self._appender.current
            if is_loaded_here and self._appender.age_s > _LINGER_S and not is_last:
                self._appender.start_segment()
            since_s, end = self._since_s(), SegmentNumber(self._appender.current + is_last)
            tidying.delete_committed(self._folder, committed, end, self._log, since_s)
            self._log.shorten(since_s)
            sizes = tidying.sizes(self._folder)
        except Exception as error:  # noqa: BLE001 - the thread goes on, whatever it is; doctor shows it
            with self._lock:
                self._note(error)
            return
        with self._lock:
            self._measure(sizes, committed)
            self._duplicates.forget_older(self._clock() // _NS)

    def _measure(self, sizes: Mapping[SegmentNumber, int], committed: Position) -> None:
        self._journal_bytes = tidying.uncommitted_bytes(sizes, committed)
        self._segments = len(sizes)

    def _since_s(self) -> int:
        return self._clock() // _NS - self._config.duplicate_window_s

    def _note(self, error: Exception) -> None:
        self._error = (str(error) or type(error).__name__, self._clock())
