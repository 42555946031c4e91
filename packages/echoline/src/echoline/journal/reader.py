"""Reads journalled requests after a position, also while the newest segment is being written."""

import os
from collections.abc import Iterator
from pathlib import Path

import zstandard

from echoline.journal import segment
from echoline.journal.synced import read_synced
from echoline.model.records import Position, Record, Request

# For a body whose length after decompression nobody noted: OTLP seldom shrinks more.
_USUAL_RATIO = 10


def read(folder: Path, after: Position, *, max_bytes: int, until: Position | None = None) -> list[Record]:
    """Records behind `after` (and not behind `until`) in the order of the journal, as far as they are on the disk.

    Stops before `max_bytes` after decompression are exceeded, but gives one record if there is any. A torn tail ends
    only its segment. Nothing new is an empty list.

    Raises BadConfig for a segment of another version, OSError if the disk does not answer.
    """
    found: list[Record] = []
    room = max_bytes
    for record in _records(folder, after, until):
        room -= expanded_bytes(record.request)
        if room < 0 and found:
            break
        found.append(record)
        if room <= 0:
            break
    return found


def expanded_bytes(request: Request) -> int:
    """Length of the body after decompression; an estimate where the receiver did not note it."""
    size = len(request.body)
    if request.expanded_bytes is not None:
        return request.expanded_bytes
    if request.encoding == "identity":
        return size
    if request.encoding == "gzip":
        return max(size, int.from_bytes(request.body[-4:], "little"))
    told = _told_by_zstd(request.body) if request.encoding == "zstd" else None
    return size * _USUAL_RATIO if told is None else max(size, told)


def _told_by_zstd(body: bytes) -> int | None:
    try:
        told = zstandard.frame_content_size(body)
    except zstandard.ZstdError:
        return None
    return told if told >= 0 else None


def _records(folder: Path, after: Position, until: Position | None) -> Iterator[Record]:
    last = min((each for each in (read_synced(folder), until) if each is not None), default=None)
    for number in segment.numbers(segment.folder_of(folder)):
        if number < after.segment or (last is not None and number > last.segment):
            continue
        try:
            file = segment.path_of(segment.folder_of(folder), number).open("rb")
        except FileNotFoundError:
            continue  # committed and deleted since the folder was listed
        with file:
            end = os.fstat(file.fileno()).st_size
            if last is not None and number == last.segment:
                end = min(end, last.offset)
            for frame in segment.frames(file, after.offset if number == after.segment else 0, end):
                yield Record(frame.request, Position(number, frame.end))
