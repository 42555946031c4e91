"""A span of time that a question is about."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """Half open, in nanoseconds since 1970 UTC: since <= t < until."""

    since_ns: int
    until_ns: int
