"""Walks protobuf messages on the wire without knowing their schema."""

from collections.abc import Iterator
from typing import NewType

FieldNumber = NewType("FieldNumber", int)
VARINT, FIXED64, DELIMITED, FIXED32 = 0, 1, 2, 5


def fields(data: memoryview | bytes | bytearray, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(field number, wire type, first byte, byte behind the last) of each field between two offsets.

    Raises ValueError with the offset of the first byte that is no protobuf.
    """
    at = start
    while at < end:
        tag_at = at
        tag = data[at]
        at += 1
        if tag & 0x80:
            tag, at = varint(data, tag_at, end)
        wire = tag & 7
        if wire == DELIMITED:
            length, at = varint(data, at, end)
            behind = at + length
        elif wire == FIXED64:
            behind = at + 8
        elif wire == VARINT:
            _, behind = varint(data, at, end)
        elif wire == FIXED32:
            behind = at + 4
        else:
            raise ValueError(tag_at)
        if behind > end or tag < 8:
            raise ValueError(tag_at)
        yield tag >> 3, wire, at, behind
        at = behind


def varint(data: memoryview | bytes | bytearray, at: int, end: int) -> tuple[int, int]:
    """The number at an offset and the offset behind it. Raises ValueError when it does not end within ten bytes."""
    value = shift = 0
    for place in range(at, min(end, at + 10)):
        byte = data[place]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place + 1
        shift += 7
    raise ValueError(at)
