"""Answers about logs: records and patterns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from echoline.model.answers import Answer
from echoline.model.instants import Instant

Severity = Literal["UNSPECIFIED", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]


@dataclass(frozen=True, slots=True)
class LogRecord(Answer):
    """One log record."""

    time: Instant
    observed: Instant
    service: str
    environment: str
    version: str
    severity: Severity
    """By its number, whatever the text says."""
    severity_number: int
    severity_text: str
    event_name: str
    body: object
    """Text, or whatever JSON was sent."""
    pattern_id: str
    """Of its pattern; see log patterns."""
    trace_id: str | None
    span_id: str | None
    scope: str
    exception_type: str
    attributes: Mapping[str, object]
    """By their names of today, values with their types; bytes as {"base64": ...}."""
    originals: Mapping[str, object]
    """Attributes that were renamed or changed on arrival, as sent (after redaction)."""
    dropped_attributes: int


@dataclass(frozen=True, slots=True)
class LogPattern(Answer):
    """Log records of one service whose texts are the same but for their variable parts."""

    id: str
    service: str
    environment: str
    pattern: str
    """The text with its variable parts as <*>."""
    severity: Severity
    """The highest among its records."""
    severity_number: int
    count: int
    first_seen: Instant
    """Within the window."""
    last_seen: Instant
    examples: tuple[str, ...]
    """At most three texts."""
