"""How far settling is, on the disk: what has been settled, and which minutes of the rollups are out of date."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from echoline import files
from echoline.errors import BadConfig
from echoline.model.instants import BILLION

NAME = "settling.json"


# Rollups of a minute are made when its facts have been left alone for so long, or at the latest after so long; those of
# an hour some time after its end, or at the latest after so long.
LEFT_ALONE_NS, LATEST_NS = 10 * BILLION, 60 * BILLION
AFTER_HOUR_NS, LATEST_HOUR_NS = 90 * BILLION, 600 * BILLION
_HOUR_S = 3600


@dataclass(frozen=True)
class Touched:
    """When something changed that is not in the rollups: for the first and for the last time."""

    first_ns: int
    last_ns: int


@dataclass(frozen=True)
class State:
    """Spans that arrived up to `settled_ns` are settled. `minutes` and `hours` (in seconds since 1970) are those whose
    rollups are out of date; `built` is the number of the newest rollups."""

    settled_ns: int = 0
    built: int = 0
    minutes: Mapping[int, Touched] = field(default_factory=dict)
    hours: Mapping[int, Touched] = field(default_factory=dict)

    def settled(self, until_ns: int, minutes: Iterable[int], now_ns: int) -> "State":
        """After a round that changed the facts of these minutes."""
        return replace(self, settled_ns=until_ns, minutes=_touched(self.minutes, minutes, now_ns))

    def minutes_due(self, now_ns: int) -> list[int]:
        """Minutes whose rollups should be made now, in order."""
        return sorted(
            minute
            for minute, touched in self.minutes.items()
            if now_ns - touched.last_ns >= LEFT_ALONE_NS or now_ns - touched.first_ns >= LATEST_NS
        )

    def hours_due(self, now_ns: int) -> list[int]:
        """Hours whose rollups should be made now, in order; none as long as minutes of it are due."""
        waiting = {minute // _HOUR_S * _HOUR_S for minute in self.minutes_due(now_ns)}
        return sorted(
            hour
            for hour, touched in self.hours.items()
            if hour not in waiting
            and (
                now_ns - touched.first_ns >= LATEST_HOUR_NS
                or (now_ns - touched.last_ns >= LEFT_ALONE_NS and now_ns >= (hour + _HOUR_S) * BILLION + AFTER_HOUR_NS)
            )
        )

    def with_minutes(self, made: Iterable[int], built: int, now_ns: int) -> "State":
        """After rollups of these minutes were made; their hours are out of date then."""
        done = set(made)
        hours = _touched(self.hours, {each // _HOUR_S * _HOUR_S for each in done}, now_ns)
        return replace(self, built=built, minutes=_without(self.minutes, done), hours=hours)

    def with_hours(self, made: Iterable[int], built: int) -> "State":
        """After rollups of these hours were made."""
        return replace(self, built=built, hours=_without(self.hours, set(made)))


def _touched(all_: Mapping[int, Touched], changed: Iterable[int], now_ns: int) -> Mapping[int, Touched]:
    first_ns = {each: all_[each].first_ns if each in all_ else now_ns for each in changed}
    return {**all_, **{each: Touched(since_ns, now_ns) for each, since_ns in first_ns.items()}}


def _without(all_: Mapping[int, Touched], done: set[int]) -> Mapping[int, Touched]:
    return {each: touched for each, touched in all_.items() if each not in done}


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
