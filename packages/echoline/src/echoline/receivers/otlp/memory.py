"""Bounds the bodies that are in memory at once, however many senders there are."""

from types import TracebackType

from echoline.errors import Busy


class Memory:
    """Bytes held by all requests of one event loop."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.held_bytes = 0

    def claim(self) -> "Claim":
        """What one request holds, given back at the end of the block."""
        return Claim(self)


class Claim:
    """The share of one request."""

    __slots__ = ("_bytes", "_memory")

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._bytes = 0

    def add(self, size: int) -> None:
        """Holds more. Raises Busy beyond the bound, unless nobody else holds anything."""
        held = self._memory.held_bytes
        if held + size > self._memory.max_bytes and held > self._bytes:
            raise Busy(f"requests being received hold {held} bytes; ask again")
        self._memory.held_bytes += size
        self._bytes += size

    def __enter__(self) -> "Claim":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._memory.held_bytes -= self._bytes
