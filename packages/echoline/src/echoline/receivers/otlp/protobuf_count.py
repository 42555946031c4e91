"""Counts the messages of a large request before a parser makes an object of each."""

from echoline.errors import BadInput
from echoline.receivers.otlp.structure import MALFORMED, MAX_ITEMS, too_many

# The field that leads from a request to its groups, to their scopes, to their items; the same for all signals.
WAY = (1, 2, 2)
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


def check_count(body: bytes) -> None:
    """Raises BadInput for more than `MAX_ITEMS` messages on the way to the items, or for bytes that are no protobuf.

    Costs about 0.3 µs a message.
    """
    try:
        _count(body, 0, len(body), 0, 0)
    except IndexError as error:
        raise _malformed("it is cut off") from error


def _count(body: bytes, at: int, end: int, depth: int, seen: int) -> int:
    """Messages seen so far, with those between two offsets added."""
    while at < end:
        tag, at = _varint(body, at)
        kind = tag & 7
        if kind == _LENGTH:
            size, at = _varint(body, at)
            if at + size > end:
                raise _malformed("a length goes beyond the end")
            if tag >> 3 == WAY[depth]:
                seen += 1
                if seen > MAX_ITEMS:
                    raise too_many()
                if depth + 1 < len(WAY):
                    seen = _count(body, at, at + size, depth + 1, seen)
            at += size
        elif kind == _VARINT:
            _, at = _varint(body, at)
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
        else:
            raise _malformed(f"wire type {kind}")
    return seen


def _varint(body: bytes, at: int) -> tuple[int, int]:
    """Its value and the offset behind it. Raises IndexError at the end of the body."""
    byte = body[at]
    at += 1
    if byte < 0x80:
        return byte, at
    value, shift = byte & 0x7F, 7
    while True:
        byte = body[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise _malformed("a number is too long")


def _malformed(what: str) -> BadInput:
    return BadInput(f"the body is no protobuf: {what}", reason=MALFORMED)
