"""Digests of requests whose segments are deleted, kept on the disk for as long as duplicates are recognised."""

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from echoline import files
from echoline.journal.segment import Digest

_ENTRY = struct.Struct(">16sQI")
_SPARE_BYTES = 1 << 20


class HashLog:
    """Entries of (digest, second), each with a CRC; a torn or damaged one is passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept_bytes = 0

    def entries(self, since_s: int) -> Iterator[tuple[Digest, int]]:
        """What was journalled at or after this second, in the order of the log."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return
        whole = len(content) - len(content) % _ENTRY.size
        for identity, at_s, crc in _ENTRY.iter_unpack(content[:whole]):
            if at_s >= since_s and crc == _crc(identity, at_s):
                yield Digest(identity), at_s

    def append(self, entries: Iterable[tuple[Digest, int]]) -> None:
        """Adds entries durably. Raises OSError."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            size = file.seek(0, os.SEEK_END)
            # Over the torn end of an earlier append, so that entries stay aligned.
            file.seek(size - size % _ENTRY.size)
            file.write(_packed(entries))
            file.flush()
            files.sync_data(descriptor)

    def shorten(self, since_s: int) -> None:
        """Drops older entries once they have made the log twice as long as it need be. Raises OSError."""
        if self._path.exists() and self._path.stat().st_size > 2 * self._kept_bytes + _SPARE_BYTES:
            content = _packed(self.entries(since_s))
            files.replace(self._path, content)
            self._kept_bytes = len(content)


def _packed(entries: Iterable[tuple[Digest, int]]) -> bytes:
    return b"".join(_ENTRY.pack(identity, at_s, _crc(identity, at_s)) for identity, at_s in entries)


def _crc(identity: bytes, at_s: int) -> int:
    return zlib.crc32(at_s.to_bytes(8, "big"), zlib.crc32(identity))
