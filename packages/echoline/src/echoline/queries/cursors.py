"""Where the following page of a list starts: opaque text that fits one question and no other."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from echoline.errors import BadInput
from echoline.model.window import Window

Value = str | int | float
_VERSION = 1


class _Wire(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    version: int
    question: str
    since_ns: int
    until_ns: int
    after: list[Value]


@dataclass(frozen=True)
class Cursor:
    """The window as it was when the first page was asked, so that "24h" does not move, and the last item's place."""

    window: Window
    after: tuple[Value, ...]


def fingerprint(*parts: object) -> str:
    """Of what makes a question, its window left out: a cursor is good only for the same one."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def encode(cursor: Cursor, question: str) -> str:
    """Text for a URL; `question` is its fingerprint."""
    wire = _Wire(_VERSION, question, cursor.window.since_ns, cursor.window.until_ns, list(cursor.after))
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(wire)).decode().rstrip("=")


def decode(text: str, question: str, kinds: Sequence[type]) -> Cursor:
    """The cursor in `text`, whose place has values of these types.

    Raises BadInput for one that is damaged, or that another question gave out.
    """
    try:
        body = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        wire = msgspec.msgpack.decode(body, type=_Wire)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise BadInput("the cursor is damaged; start again without it") from error
    fits = len(wire.after) == len(kinds) and all(
        type(value) is kind for value, kind in zip(wire.after, kinds, strict=True)
    )
    in_bounds = 0 <= wire.since_ns < wire.until_ns < 2**63 and all(
        -(2**63) <= value < 2**63 for value in wire.after if isinstance(value, int)
    )
    if wire.version != _VERSION or wire.question != question or not fits or not in_bounds:
        raise BadInput("the cursor belongs to another question; start again without it")
    return Cursor(Window(wire.since_ns, wire.until_ns), tuple(wire.after))
