"""What the journal tells about itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from echoline.model.records import Signal


@dataclass(frozen=True)
class JournalStatus:
    """Counts since the start of this writer; sizes as they are now."""

    accepted_requests: Mapping[Signal, int]
    """Requests on the disk, by signal, without the duplicates."""
    accepted_bytes: Mapping[Signal, int]
    """Their bodies as they came off the wire."""
    duplicates: int
    """Requests acknowledged but not stored again."""
    refused: Mapping[str, int]
    """Requests refused by reason: queue_full, journal_full, disk, ending."""
    queue_bytes: int
    """Bodies that wait for the disk."""
    journal_bytes: int
    """Journal that the engine has not committed yet."""
    segments: int
    """Segments on the disk."""
    remembered: int
    """Requests by which duplicates are known."""
    last_error: str | None
    """The last thing that went wrong with the disk; None while all is well."""
    last_error_ns: int | None
    """When that was, in nanoseconds since 1970."""
