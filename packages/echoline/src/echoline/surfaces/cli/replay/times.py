"""Finds and moves every time in an OTLP request body, in place: times are fixed64, so no length changes."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from echoline.errors import BadInput
from echoline.model.records import Signal
from echoline.surfaces.cli.replay.protobuf import DELIMITED, FIXED64, fields

_MOST = (1 << 64) - 1
_FIXED64 = struct.Struct("<Q")


@dataclass(frozen=True)
class Message:
    """Where times stand in a message of OTLP, and which of its fields lead to more of them."""

    times: frozenset[int] = frozenset()
    packed: frozenset[int] = frozenset()
    """Several times in one field."""
    inner: Mapping[int, "Message"] = field(default_factory=dict)
    is_item: bool = False
    """Counted: a span, a log record, a metric point or a profile."""


def _request(item: Message) -> Message:
    """Request 1 → per resource 2 → per scope 2 → item, alike in all signals."""
    return Message(inner={1: Message(inner={2: Message(inner={2: item})})})


def _points(exemplars: int | None) -> Message:
    inner = {} if exemplars is None else {exemplars: Message(frozenset({2}))}
    return Message(inner={1: Message(frozenset({2, 3}), inner=inner, is_item=True)})


# Field numbers of opentelemetry-proto 1.x.
REQUESTS: Mapping[Signal, Message] = {
    "traces": _request(Message(frozenset({7, 8}), inner={11: Message(frozenset({1}))}, is_item=True)),
    "logs": _request(Message(frozenset({1, 11}), is_item=True)),
    "metrics": _request(
        Message(inner={5: _points(5), 7: _points(5), 9: _points(8), 10: _points(11), 11: _points(None)})
    ),
    "profiles": _request(Message(frozenset({3}), inner={2: Message(packed=frozenset({5}))}, is_item=True)),
}


@dataclass(frozen=True)
class Survey:
    """What one body holds: its newest time (0 for none) and its number of items."""

    newest_ns: int
    items: int


def survey(signal: Signal, body: bytes) -> Survey:
    """Newest time and number of items of a body.

    Raises BadInput, naming the offset within the body, when it is no protobuf.
    """
    newest = items = 0

    def see(at: int) -> None:
        nonlocal newest
        newest = max(newest, _FIXED64.unpack_from(body, at)[0])

    def count() -> None:
        nonlocal items
        items += 1

    _walk(REQUESTS[signal], body, see, count)
    return Survey(newest, items)


def moved(signal: Signal, body: bytes, shift_ns: int) -> bytes:
    """The same body with all its times moved; a time that is not set (0) stays so."""
    if not shift_ns:
        return body
    changed = bytearray(body)

    def move(at: int) -> None:
        (time_ns,) = _FIXED64.unpack_from(changed, at)
        if time_ns:
            _FIXED64.pack_into(changed, at, min(max(time_ns + shift_ns, 1), _MOST))

    _walk(REQUESTS[signal], changed, move, lambda: None)
    return bytes(changed)


def _walk(
    message: Message, body: bytes | bytearray, at_time: Callable[[int], None], at_item: Callable[[], None]
) -> None:
    # A stack and not recursion: half as slow, and these are millions of fields.
    waiting = [(message, 0, len(body))]
    try:
        while waiting:
            message, start, end = waiting.pop()
            if message.is_item:
                at_item()
            for number, wire, first, behind in fields(body, start, end):
                if wire == FIXED64 and number in message.times:
                    at_time(first)
                elif wire == DELIMITED and number in message.inner:
                    waiting.append((message.inner[number], first, behind))
                elif wire == DELIMITED and number in message.packed:
                    for at in range(first, behind - 7, 8):
                        at_time(at)
    except ValueError as error:
        raise BadInput(f"no OTLP protobuf at byte {error.args[0]} of the body") from error
