"""Answers about whether what services send is enough to tell a developer something."""

from dataclasses import dataclass
from typing import Literal

from echoline.model.answers import Answer
from echoline.model.instants import Instant

ReadinessPoint = Literal[
    "name", "environment", "version", "revision", "logs", "functions", "sampling", "duplicates", "clock"
]
"""What a readiness card looks at."""


@dataclass(frozen=True, slots=True)
class Readiness(Answer):
    """One point of a readiness card."""

    point: ReadinessPoint
    is_good: bool
    found: str
    """What is there, in words."""
    mend: str
    """The line that mends it, for a shell or a file of variables; empty when it is good or no line can."""


@dataclass(frozen=True, slots=True)
class ReadinessCard(Answer):
    """How much one sending service tells about itself, and what would make it tell more."""

    service: str
    environment: str
    language: str
    """`telemetry.sdk.language`; empty when it does not say."""
    sdk: str
    """Name and version of its SDK."""
    spans: int
    logs: int
    last_seen: Instant | None
    """Time of its newest span or log record in the window."""
    points: tuple[Readiness, ...]
    """In a fixed order; those that do not apply are left out."""
