"""What the journal and the process that writes it tell about themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from echoline import files
from echoline.model.records import Signal

_NAME = "receive-status.json"


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


@dataclass(frozen=True)
class ReceiveStatus:
    """What `receive` tells the others once a second, in a file beside the journal."""

    pid: int
    started_ns: int
    written_ns: int
    """When this was so, in nanoseconds since 1970: some seconds ago means that `receive` is not running."""
    refused: Mapping[str, int]
    """Requests refused since the start, by the reason that senders were told."""
    rejected_items: int
    """Items that senders were told will not be kept, in requests that were taken."""
    journal: JournalStatus


def write_status(folder: Path, status: ReceiveStatus) -> None:
    """Replaces the file in the journal's folder. Raises OSError."""
    files.replace(folder / _NAME, msgspec.json.encode(status), durable=False)


def read_status(folder: Path) -> ReceiveStatus | None:
    """The last status written; None if there is none, or one of another version."""
    try:
        return msgspec.json.decode((folder / _NAME).read_bytes(), type=ReceiveStatus)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
