"""Canonical text of OTLP's values, the same however they came: see ValueType in model/batch.py."""

import base64
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from echoline.model.batch import ValueType

CUT = "…"
# Protobuf refuses more than 100 messages inside each other, and each map takes three: no setting allows more than this.
DEEPEST = 25

# Takes an AnyValue apart: the name of its member and a Python value; (None, None) when it has none.
Member = Callable[[Any], tuple[str | None, Any]]


class Canonical(NamedTuple):
    """A value's text and type, and whether something in it was nested too deep and is "…" now."""

    text: str
    type: ValueType
    is_deep: bool = False


EMPTY = Canonical("", ValueType.EMPTY)


def canonical(value: Any, member: Member, max_depth: int) -> Canonical:
    """The canonical form of an AnyValue; None is one without a value."""
    name, plain = _taken(value, member)
    match name:
        case "string_value":
            return Canonical(plain, ValueType.STRING)
        case "bool_value":
            return Canonical("true" if plain else "false", ValueType.BOOL)
        case "int_value":
            return Canonical(str(plain), ValueType.INT)
        case "double_value":
            return Canonical(repr(plain), ValueType.DOUBLE)
        case "bytes_value":
            return Canonical(_base64(plain), ValueType.BYTES)
        case "array_value" | "kvlist_value":
            return composite(value, member, max_depth)
    return EMPTY


def composite(value: Any, member: Member, max_depth: int) -> Canonical:
    """The canonical form of an AnyValue that is an array or a map: JSON in the order of the wire.

    Bytes are base64, a value that is not set is null, and the doubles that JSON has no number for are the strings
    "NaN", "Infinity" and "-Infinity".
    """
    room = _Room(member)
    plain = room.plain(value, min(max_depth, DEEPEST))
    kind = ValueType.MAP if isinstance(plain, dict) else ValueType.ARRAY
    return Canonical(orjson.dumps(plain).decode(), kind, room.is_exceeded)


class _Room:
    """Unfolds one value as far as there is room for nesting."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self.is_exceeded = False

    def plain(self, value: Any, room: int) -> Any:
        name, plain = _taken(value, self._member)
        match name:
            case "double_value":
                return plain if math.isfinite(plain) else _NOT_FINITE[repr(plain)]
            case "bytes_value":
                return _base64(plain)
            case "array_value" | "kvlist_value" if room == 0:
                self.is_exceeded = True
                return CUT
            case "array_value":
                return [self.plain(each, room - 1) for each in plain.values or ()]
            case "kvlist_value":
                return {each.key or "": self.plain(each.value, room - 1) for each in plain.values or ()}
        return None if name == "string_value_strindex" else plain


def _taken(value: Any, member: Member) -> tuple[str | None, Any]:
    return (None, None) if value is None else member(value)


_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
