"""What is on the disk beside the newest segment: measured, remembered at a start, and deleted once committed."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from echoline.journal import segment
from echoline.journal.hash_log import HashLog
from echoline.journal.segment import Digest
from echoline.model.records import Position, SegmentNumber

_NS = 1_000_000_000
_log = logging.getLogger(__name__)


def sizes(journal: Path) -> dict[SegmentNumber, int]:
    """Bytes of each segment."""
    found: dict[SegmentNumber, int] = {}
    for number in segment.numbers(segment.folder_of(journal)):
        with suppress(FileNotFoundError):
            found[number] = segment.path_of(segment.folder_of(journal), number).stat().st_size
    return found


def uncommitted_bytes(by_segment: Mapping[SegmentNumber, int], committed: Position) -> int:
    """What of these segments lies behind the committed position."""
    behind = sum(size for number, size in by_segment.items() if number > committed.segment)
    return behind + max(by_segment.get(committed.segment, 0) - committed.offset, 0)


def remembered(journal: Path, log: HashLog, since_s: int) -> Iterator[tuple[Digest, int]]:
    """Digest and second of every request journalled since then: of deleted segments from the log, then of those here.

    A request whose bytes are damaged is not among them, so its retry is stored.
    """
    yield from log.entries(since_s)
    for number in segment.numbers(segment.folder_of(journal)):
        path = segment.path_of(segment.folder_of(journal), number)
        size = path.stat().st_size
        if path.stat().st_mtime < since_s:
            continue
        reached = len(segment.MAGIC)
        with path.open("rb") as file:
            for frame in segment.frames(file, 0, size):
                reached = frame.end
                if frame.request.received_ns // _NS >= since_s:
                    yield frame.digest, frame.request.received_ns // _NS
        if reached < size:
            _log.warning("journal segment %d: the last %d of %d bytes are torn", number, size - reached, size)


def delete_committed(journal: Path, committed: Position, until: SegmentNumber, log: HashLog, since_s: int) -> None:
    """Deletes the segments that lie wholly before the committed position, and have smaller numbers than `until`.

    What they held since that second is written to the log first. Raises OSError.
    """
    for number, size in sizes(journal).items():
        whole = number < committed.segment or (number == committed.segment and committed.offset >= size)
        if number >= until or not whole:
            continue
        path = segment.path_of(segment.folder_of(journal), number)
        with path.open("rb") as file:
            entries = [(each, ns // _NS) for each, ns in segment.identities(file, size) if ns // _NS >= since_s]
        # On a full disk the log cannot grow, but deleting is what makes room: then a restart forgets these.
        with suppress(OSError):
            log.append(entries)
        path.unlink()
