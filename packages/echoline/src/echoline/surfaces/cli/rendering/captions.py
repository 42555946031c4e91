"""The line above a list that says what it is of, and what to say when it is empty."""

import re
from collections.abc import Sequence
from typing import Protocol

from rich.text import Text

from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import styles
from echoline.surfaces.cli.rendering.clock import ago, moment

DAY_NS = 86_400 * 10**9
DEFAULT = "24h"
LOOSEN = "Fewer conditions may find some."
_RELATIVE = re.compile(r"-?(\d+(?:\.\d+)?)(s|m|h|d|w)")
_UNITS = {"s": "s", "m": "min", "h": "h", "d": "d", "w": "weeks"}


def window(since: str, until: str, now_ns: int, asked: str | None = None) -> str:
    """A window in words: "last 24 h" when it ends about now, else its two ends.

    `asked` is how long ago it was asked to begin, like 24h: answers widen it to whole hours or minutes.
    """
    since_ns, until_ns = nanoseconds(since), nanoseconds(until)
    if asked and (match := _RELATIVE.fullmatch(asked)):
        return f"last {match[1]} {_UNITS[match[2]]}"
    if abs(now_ns - until_ns) <= max(120 * 10**9, (until_ns - since_ns) // 20):
        return f"last {_round(until_ns - since_ns)}"
    # To the minute, but for short ones to the second.
    cut = -len(":00.000") if until_ns - since_ns >= 600 * 10**9 else -len(".000")
    return f"{moment(since_ns, now_ns)[:cut]} to {moment(until_ns, now_ns)[:cut]}"


def caption(what: str, *facts: str) -> Text:
    """What a list is of, then facts about it."""
    return Text.assemble((what, styles.HEAD), ("".join(f" · {fact}" for fact in facts if fact), styles.QUIET))


class Empty(Protocol):
    """An answer without items: its window, and the time of the newest item outside or inside of it."""

    @property
    def since(self) -> str: ...
    @property
    def until(self) -> str: ...
    @property
    def newest(self) -> str | None: ...


def nothing(what: str, found: Empty, window: str, now_ns: int, of: Sequence[str] = (), advice: str = LOOSEN) -> Text:
    """Why a list is empty, and how to see something.

    There is nothing at all, nothing `of` something, data of another time, or data that does not fit: then `advice`.
    """
    newest = found.newest
    if newest is None and of:
        return Text(f"No {what}: nothing of {', '.join(of)} has been received. `echoline services` lists what sends.")
    if newest is None:
        return Text(f"No {what}: nothing has been received yet. `echoline doctor` shows where to send it.")
    asked = f"in the {window}" if window.startswith("last") else f"from {window}"
    age_ns = now_ns - nanoseconds(newest)
    ends_now = now_ns - nanoseconds(found.until) <= 120 * 10**9
    if found.since <= newest and (ends_now or newest <= found.until):
        return Text(f"No {what} fit {asked}, though there is data of {ago(nanoseconds(newest), now_ns)}.\n{advice}")
    since = f"{age_ns // DAY_NS + 1}d" if age_ns >= DAY_NS else f"{age_ns // (3600 * 10**9) + 1}h"
    return Text(
        f"No {what} fit {asked}.\nThe newest data is of {ago(nanoseconds(newest), now_ns)}: see --since {since}."
    )


def hint(words: str) -> Text:
    """Something to know beside the data."""
    return Text(words, style=styles.QUIET)


def _round(ns: int) -> str:
    """A window's length as a person gives it: 24 h, 15 min.

    >>> [_round(n * 10**9) for n in (86_400, 7 * 86_400, 3_600, 900, 45, 86_460)]
    ['24 h', '7 d', '1 h', '15 min', '45 s', '24 h']
    """
    seconds = ns / 1e9
    for length, unit, least in ((86_400, "d", 2), (3_600, "h", 1), (60, "min", 1)):
        if seconds >= least * length:
            return f"{round(seconds / length)} {unit}"
    return f"{seconds:g} s"
