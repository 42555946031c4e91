"""Accepted requests and where they stand in the journal."""

from dataclasses import dataclass, field
from typing import Literal, NewType, get_args

Signal = Literal["traces", "logs", "metrics", "profiles"]
# All that an item of these says stands in it or above it; profiles look most of it up in tables of their request.
PlainSignal = Literal["traces", "logs", "metrics"]
WireFormat = Literal["protobuf", "json"]
Encoding = Literal["identity", "gzip", "deflate", "zstd"]

# Their order is written into journal segments as a number: append, never reorder.
SIGNALS: tuple[Signal, ...] = get_args(Signal)
PLAIN_SIGNALS: tuple[PlainSignal, ...] = get_args(PlainSignal)
WIRE_FORMATS: tuple[WireFormat, ...] = get_args(WireFormat)
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

SegmentNumber = NewType("SegmentNumber", int)


@dataclass(frozen=True)
class Request:
    """One OTLP export request exactly as it came off the wire."""

    signal: Signal
    format: WireFormat
    encoding: Encoding
    body: bytes
    received_ns: int
    expanded_bytes: int | None = field(default=None, compare=False)
    """Length of the body after decompression, where the receiver has seen it."""


@dataclass(frozen=True, order=True)
class Position:
    """A place in the journal: everything before it has been read. The first one is (0, 0)."""

    segment: SegmentNumber
    offset: int


START = Position(SegmentNumber(0), 0)


@dataclass(frozen=True)
class Record:
    """A journalled request and the position right behind it."""

    request: Request
    end: Position
