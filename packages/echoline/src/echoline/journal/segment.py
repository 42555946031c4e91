"""The bytes of a journal segment: a magic number, then framed requests.

A frame is a head of 40 bytes (big endian: CRC-32 of the rest of the head, digest of the body, received_ns, length of
the body, length after decompression, signal, format, encoding, one spare byte) and the body as it came off the wire.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NewType

import xxhash

from echoline.errors import BadConfig
from echoline.model.records import ENCODINGS, SIGNALS, WIRE_FORMATS, Request, SegmentNumber

MAGIC = b"ECHOSEG\x01"
HEAD = struct.Struct(">I16sQIIBBBx")
_UNKNOWN = 0xFFFFFFFF
_SUFFIX = ".seg"

Digest = NewType("Digest", bytes)


@dataclass(frozen=True, slots=True)
class Frame:
    """One request in a segment and the offset right behind it."""

    digest: Digest
    request: Request
    end: int


def folder_of(journal: Path) -> Path:
    """Where a journal keeps its segments."""
    return journal / "segments"


def path_of(segments: Path, number: SegmentNumber) -> Path:
    """Where a segment is."""
    return segments / f"{number:012d}{_SUFFIX}"


def numbers(segments: Path) -> list[SegmentNumber]:
    """Numbers of the segments in a folder, ascending; none if there is no such folder."""
    stems = (path.stem for path in segments.glob(f"*{_SUFFIX}"))
    return sorted(SegmentNumber(int(stem)) for stem in stems if stem.isdecimal())


def digest(request: Request) -> Digest:
    """128 bits that tell a body, with its signal, format and encoding, from every other one."""
    # XXH3 also takes the place of a CRC of the body. It withstands no forger, but one would only lose a body of his
    # own; and it is 20 times as fast as SHA-256, which took a quarter of all the time of receiving.
    return Digest(xxhash.xxh3_128_digest(request.body, seed=int.from_bytes(bytes(_kinds(request)), "big")))


def framed(request: Request, identity: Digest) -> tuple[bytes, bytes]:
    """Head and body of the frame, apart so that the body is not copied."""
    expanded = _UNKNOWN if request.expanded_bytes is None else request.expanded_bytes
    rest = HEAD.pack(0, identity, request.received_ns, len(request.body), expanded, *_kinds(request))[4:]
    return zlib.crc32(rest).to_bytes(4, "big") + rest, request.body


def frames(file: BinaryIO, start: int, end: int) -> Iterator[Frame]:
    """The whole frames of a segment between two offsets, in order; the first torn or damaged one ends it.

    Raises BadConfig for a segment of another version.
    """
    magic = file.read(len(MAGIC))
    if len(magic) < len(MAGIC) or magic == bytes(len(MAGIC)):
        return  # its start never reached the disk
    if magic != MAGIC:
        raise BadConfig(f"journal segment {file.name} starts with {magic!r}, not {MAGIC!r}: another version wrote it")
    offset = max(start, len(MAGIC))
    file.seek(offset)
    while offset + HEAD.size <= end:
        frame = _frame(file, offset, end)
        if frame is None:
            return
        yield frame
        offset = frame.end


def identities(file: BinaryIO, end: int) -> Iterator[tuple[Digest, int]]:
    """Digest and received_ns of each frame of a whole segment, without reading or checking the bodies."""
    offset = len(MAGIC)
    while offset + HEAD.size <= end:
        file.seek(offset)
        _, identity, received_ns, size, *_ = HEAD.unpack(file.read(HEAD.size))
        yield Digest(identity), received_ns
        offset += HEAD.size + size


def _frame(file: BinaryIO, offset: int, end: int) -> Frame | None:
    head = file.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    crc, identity, received_ns, size, expanded, *kinds = HEAD.unpack(head)
    frame_end = offset + HEAD.size + size
    if zlib.crc32(head[4:]) != crc or frame_end > end:
        return None
    request = _request(kinds, file.read(size), received_ns, expanded)
    return Frame(Digest(identity), request, frame_end) if digest(request) == identity else None


def _kinds(request: Request) -> tuple[int, int, int]:
    return SIGNALS.index(request.signal), WIRE_FORMATS.index(request.format), ENCODINGS.index(request.encoding)


def _request(kinds: Sequence[int], body: bytes, received_ns: int, expanded: int) -> Request:
    signal, wire_format, encoding = kinds
    known = None if expanded == _UNKNOWN else expanded
    try:
        return Request(SIGNALS[signal], WIRE_FORMATS[wire_format], ENCODINGS[encoding], body, received_ns, known)
    except IndexError as error:
        raise BadConfig(f"the journal holds a request of kind {kinds}: a newer version wrote it") from error
