"""What of the store is new to settling."""

from typing import NamedTuple


class Arrival(NamedTuple):
    """Spans that arrived at one time."""

    arrived_ns: int
    spans: int


class PartialTrace(NamedTuple):
    """A trace of which the store holds more spans than arrived lately: how many in all, and from when to when."""

    trace_id: bytes
    spans: int
    since_ns: int
    until_ns: int
