"""Reads recorded OTLP: a zstd stream of request bodies, each behind a 4-byte big-endian length."""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard

from echoline.errors import BadInput
from echoline.model.records import SIGNALS, Signal

WINDOW_BYTES = 1 << 27
READ_BYTES = 1 << 20
# Longer than any receiver takes; a larger length is a sign of another format, and not worth the memory.
MAX_BODY_BYTES = 1 << 30
LENGTH_BYTES = 4


@dataclass(frozen=True)
class Body:
    """One recorded request; `offset` is where it starts in the decompressed stream."""

    offset: int
    data: bytes


def there(path: Path) -> Path:
    """The path of a file. Raises BadInput when there is none: told before anything about its name."""
    if not path.exists():
        raise BadInput(f"{path} cannot be read: {os.strerror(errno.ENOENT)}")
    return path


def signal_of(path: Path) -> Signal:
    """The signal that a file's name begins with, as in `traces.otlp.zst`. Raises BadInput when it names none."""
    for signal in SIGNALS:
        if signal in path.name.lower():
            return signal
    raise BadInput(
        f"{path}: the name says no signal; name it like traces.otlp.zst, or give --signal {'|'.join(SIGNALS)}"
    )


def bodies(path: Path) -> Iterator[Body]:
    """The recorded requests in order; an empty stream has none.

    Raises BadInput naming file and offset when the file is cut off, foreign or unreadable.
    """
    held, offset = bytearray(), 0
    for chunk in _decompressed(path):
        held += chunk
        while len(held) >= LENGTH_BYTES:
            length = int.from_bytes(held[:LENGTH_BYTES], "big")
            if length > MAX_BODY_BYTES:
                raise BadInput(f"{path} is no recorded OTLP: a length of {length:,} bytes at offset {offset:,}")
            end = LENGTH_BYTES + length
            if len(held) < end:
                break
            yield Body(offset + LENGTH_BYTES, bytes(held[LENGTH_BYTES:end]))
            del held[:end]
            offset += end
    if held:
        raise BadInput(f"{path} is cut off: the request at offset {offset:,} is not whole")


def _decompressed(path: Path) -> Iterator[bytes]:
    """The contents of all zstd frames of a file; zstandard's own reader ends silently where a frame is cut off."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES)
    read, frame = 0, decompressor.decompressobj()
    try:
        with path.open("rb") as file:
            while chunk := file.read(READ_BYTES):
                read += len(chunk)
                while chunk:
                    if frame.eof:
                        frame = decompressor.decompressobj()
                    yield frame.decompress(chunk)
                    chunk = frame.unused_data
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    except zstandard.ZstdError as error:
        raise BadInput(f"{path} is no zstd stream within its first {read:,} bytes: {error}") from error
    if not frame.eof:
        raise BadInput(f"{path} is cut off: its zstd stream does not end at byte {read:,}")
