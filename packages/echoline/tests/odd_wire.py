"""Protobuf wire bytes by hand, for what no library writes, and a look at wire bytes for what is odd about them."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

CROSSED_GROUPS = "a group ends as another"
BIG_NUMBER = "a field number has more than 29 bits"
TORN_LIST = "a packed list ends inside a number"
# Numbers of 8 bytes, as google.protobuf.descriptor.FieldDescriptor tells types: double and fixed64.
_WIDE = (1, 6)


def varint(number: int) -> bytes:
    """A negative number takes ten bytes, as protobuf writes it."""
    number %= 1 << 64
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    return bytes([*made, number])


def field(number: int, payload: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def in_span(payload: bytes) -> bytes:
    """A request for traces whose only span has these bytes."""
    return field(1, field(2, field(2, payload)))


def attribute(payload: bytes) -> bytes:
    """The same for the bytes of a span's only attribute; the span is a whole one otherwise."""
    return in_span(field(1, b"\1" * 16) + field(2, b"\2" * 8) + field(9, payload))


def oddities(kind: Any, body: bytes) -> set[str]:
    """What is odd in a message of this descriptor or in those inside it; reading stops at bytes that are no field."""
    found: set[str] = set()
    with suppress(IndexError):
        for odd in _oddities(kind, body):
            found.add(odd)
    return found


def _oddities(kind: Any, body: bytes) -> Iterator[str]:
    place = 0
    open_groups: list[int] = []
    while place < len(body):
        tag, place = _varint(body, place)
        if tag >> 32:
            yield BIG_NUMBER
        match tag & 7:
            case 0:
                _, place = _varint(body, place)
            case 1 | 5 as fixed:
                place += 8 if fixed == 1 else 4
            case 2:
                size, place = _varint(body, place)
                inner = None if open_groups else kind.fields_by_number.get(tag >> 3)
                if inner is not None and inner.message_type is not None:
                    yield from oddities(inner.message_type, body[place : place + size])
                elif inner is not None and inner.is_repeated and inner.type in _WIDE and size % 8:
                    yield TORN_LIST
                place += size
            case 3:
                open_groups.append(tag >> 3)
            case 4:
                if open_groups and open_groups.pop() != tag >> 3:
                    yield CROSSED_GROUPS


def _varint(body: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = body[place]
        number |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return number, place
