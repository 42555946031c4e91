"""Appends frames to the newest segment durably, and starts the next one when it is full or has failed."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from echoline import files
from echoline.journal import segment
from echoline.journal.synced import Synced
from echoline.model.records import Position, SegmentNumber

# What one call of writev takes (IOV_MAX); an append of more is written in several.
_MAX_BUFFERS = 1024


class Appender:
    """The end of the journal. One thread uses it; nobody else writes segments."""

    def __init__(self, journal: Path, segment_bytes: int, newest: SegmentNumber) -> None:
        """`newest` is the highest segment number ever used."""
        self._journal = journal
        self._segments = segment.folder_of(journal)
        # A segment without any frame is never full.
        self._segment_bytes = max(segment_bytes, len(segment.MAGIC) + 1)
        self._newest = newest
        self._synced: Synced | None = None
        self._descriptor: int | None = None
        self._offset = 0
        self._began_s = 0.0
        self._torn: tuple[Path, int] | None = None

    @property
    def current(self) -> SegmentNumber:
        """The newest segment; nothing is appended to earlier ones."""
        return self._newest

    @property
    def age_s(self) -> float:
        """Seconds since the newest segment was started; 0 while nothing is in it."""
        return time.monotonic() - self._began_s if self._offset > len(segment.MAGIC) else 0.0

    def append(self, frames: Sequence[tuple[bytes, bytes]]) -> int:
        """Writes frames (head, body) and waits for the disk; the bytes written.

        Raises OSError: then nothing of them stays in the journal, and the next call starts a new segment.
        """
        if self._descriptor is None or self._offset >= self._segment_bytes:
            self.start_segment()
        assert self._descriptor is not None
        assert self._synced is not None
        buffers = [part for frame in frames for part in frame if part]
        size = sum(map(len, buffers))
        try:
            _write(self._descriptor, buffers)
            files.sync_data(self._descriptor)
            self._synced.publish(Position(self._newest, self._offset + size))
        except OSError:
            self._abandon()
            raise
        self._offset += size
        return size

    def start_segment(self) -> None:
        """Closes the current segment and makes the next one. Raises OSError."""
        self._close_segment()
        self._mend()
        self._synced = self._synced or Synced(self._journal)
        # Never the same number twice: a leftover of a failed start must not stop the next one.
        number = self._newest = SegmentNumber(self._newest + 1)
        path = segment.path_of(self._segments, number)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            _write(descriptor, [segment.MAGIC])
            files.sync_folder(self._segments)
            self._synced.publish(Position(number, len(segment.MAGIC)))
        except OSError:
            os.close(descriptor)
            with suppress(OSError):
                path.unlink()
            raise
        self._descriptor, self._offset, self._began_s = descriptor, len(segment.MAGIC), time.monotonic()

    def close(self) -> None:
        """Closes what is open; everything appended is on the disk already."""
        self._close_segment()
        if self._synced is not None:
            self._synced.close()

    def _abandon(self) -> None:
        """Gives up the current segment: its requests are refused, so they must not be read either."""
        self._torn = (segment.path_of(self._segments, self._newest), self._offset)
        self._close_segment()
        with suppress(OSError):
            self._mend()

    def _mend(self) -> None:
        """Cuts a failed segment behind its last acknowledged frame. While that fails, the disk has not recovered."""
        if self._torn is None:
            return
        path, size = self._torn
        with suppress(FileNotFoundError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.ftruncate(descriptor, size)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self._torn = None

    def _close_segment(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with suppress(OSError):
                os.close(descriptor)


def _write(descriptor: int, buffers: Sequence[bytes]) -> None:
    """Writes all buffers, also where the system takes only a part at once. Raises OSError."""
    left = list(buffers)
    while left:
        written = os.writev(descriptor, left[:_MAX_BUFFERS])
        done = 0
        while done < len(left) and written >= len(left[done]):
            written -= len(left[done])
            done += 1
        left = left[done:]
        if written:
            left[0] = left[0][written:]
