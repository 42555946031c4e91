"""How far the journal is on the disk: readers stop there, so they never see what was not acknowledged.

The writer changes it after each sync, before it acknowledges. It is not durable itself: after a crash it may lag, until
the next writer starts a segment and so declares all earlier ones complete.
"""

import os
import struct
import zlib
from pathlib import Path

from echoline.model.records import Position, SegmentNumber

_NAME = "synced"
_MARK = struct.Struct(">QQI")


class Synced:
    """The writer's end."""

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder / _NAME, os.O_WRONLY | os.O_CREAT, 0o600)

    def publish(self, position: Position) -> None:
        """Lets readers come this far. Raises OSError."""
        content = struct.pack(">QQ", position.segment, position.offset)
        os.pwrite(self._descriptor, content + zlib.crc32(content).to_bytes(4, "big"), 0)

    def close(self) -> None:
        os.close(self._descriptor)


def read_synced(folder: Path) -> Position | None:
    """How far the journal may be read; None if there is no mark, as in a journal brought from elsewhere."""
    for _ in range(100):
        try:
            content = (folder / _NAME).read_bytes()
        except FileNotFoundError:
            return None
        if len(content) < _MARK.size:
            return None
        segment, offset, crc = _MARK.unpack(content[: _MARK.size])
        # A read beside a write may see half of it: then look again.
        if zlib.crc32(content[:16]) == crc:
            return Position(SegmentNumber(segment), offset)
    return None
