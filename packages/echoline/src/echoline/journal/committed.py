"""How far the engine has synced what it read: the journal before it may go."""

import json
from pathlib import Path

from echoline import files
from echoline.errors import BadConfig
from echoline.model.records import START, Position, SegmentNumber

_NAME = "committed.json"


def read_committed(folder: Path) -> Position:
    """The committed position of the journal in `folder`; START before the first commit.

    Raises BadConfig if the file is no position.
    """
    path = folder / _NAME
    try:
        found = json.loads(path.read_bytes())
        return Position(SegmentNumber(int(found["segment"])), int(found["offset"]))
    except FileNotFoundError:
        return START
    except (ValueError, KeyError, TypeError) as error:
        raise BadConfig(
            f"{path} holds no journal position: restore it from a backup, or move the journal away"
        ) from error


def write_committed(folder: Path, position: Position) -> None:
    """Moves the committed position, atomically and durably. Raises OSError."""
    content = {"segment": position.segment, "offset": position.offset}
    files.replace(folder / _NAME, json.dumps(content).encode())
