"""How far settling is, on the disk: what has been settled, and which minutes of the rollups are out of date."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from echoline import files
from echoline.errors import BadConfig

NAME = "settling.json"


@dataclass(frozen=True)
class Touched:
    """When the facts of a minute changed after its rollups were made: for the first and for the last time."""

    first_ns: int
    last_ns: int


@dataclass(frozen=True)
class State:
    """Spans that arrived up to `settled_ns` are settled. `dirty` has minutes in seconds since 1970; `built` is the
    number of the newest rollups."""

    settled_ns: int = 0
    built: int = 0
    dirty: Mapping[int, Touched] = field(default_factory=dict)

    def settled(self, until_ns: int, minutes: Iterable[int], now_ns: int) -> "State":
        """After a round that changed the facts of these minutes."""
        touched = {
            each: Touched(self.dirty[each].first_ns if each in self.dirty else now_ns, now_ns) for each in minutes
        }
        return replace(self, settled_ns=until_ns, dirty={**self.dirty, **touched})

    def rolled_up(self, minutes: Iterable[int], built: int) -> "State":
        """After rollups of these minutes were made."""
        done = set(minutes)
        return replace(self, built=built, dirty={each: when for each, when in self.dirty.items() if each not in done})


def read_state(folder: Path) -> State:
    """The last one that was written; nothing is settled when there is none. Raises BadConfig if the file is none."""
    path = folder / NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return State()
    except msgspec.DecodeError as error:
        raise BadConfig(f"{path} cannot be read: delete it, and all spans are settled again") from error


def write_state(folder: Path, state: State) -> None:
    """Durable when it returns. Raises OSError."""
    files.replace(folder / NAME, msgspec.json.encode(state))
