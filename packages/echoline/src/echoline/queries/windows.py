"""Reads the time window of a question, in the spellings that people and programs use."""

import re
from dataclasses import dataclass

from echoline.errors import BadInput
from echoline.model.instants import BILLION, Instant, nanoseconds, rfc3339
from echoline.model.window import Window

DEFAULT_NS = 24 * 3600 * BILLION
# Times that the engine can hold: DateTime64(9) ends in 2262.
LATEST_NS = 2**63 - 1 - 86_400 * BILLION
_UNITS_NS = {
    "ms": 1_000_000,
    "s": BILLION,
    "m": 60 * BILLION,
    "h": 3600 * BILLION,
    "d": 86_400 * BILLION,
    "w": 7 * 86_400 * BILLION,
}
_RELATIVE = re.compile(r"-?(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|d|w)", re.ASCII)
_UNIX_SECONDS = re.compile(r"(\d{1,10})(?:\.(\d{1,9})\d*)?", re.ASCII)
SPELLINGS = "RFC 3339 (2026-11-22T10:15:30Z), unix seconds (1790000000), `now`, or how long ago: 15m, 24h, 7d"


def window(since: str | None, until: str | None, *, now_ns: int) -> Window:
    """From `since` to `until`, by default the 24 hours before `until`, and up to now.

    Raises BadInput for a time in no known spelling, or for an end that is not after its start.
    """
    until_ns = now_ns if until is None else instant_ns(until, "until", now_ns=now_ns)
    since_ns = max(0, until_ns - DEFAULT_NS) if since is None else instant_ns(since, "since", now_ns=now_ns)
    if since_ns >= until_ns:
        raise BadInput(f"the window is empty: since {rfc3339(since_ns)} is not before until {rfc3339(until_ns)}")
    return Window(since_ns, until_ns)


def instant_ns(text: str, name: str, *, now_ns: int) -> int:
    """One time in nanoseconds since 1970. Raises BadInput naming `name` and the spellings allowed."""
    found = _instant_ns(text, now_ns)
    if found is None or not 0 <= found <= LATEST_NS:
        raise BadInput(f"{name} = {text!r} is no time between 1970 and 2262; write {SPELLINGS}")
    return found


def duration_ns(text: str, name: str) -> int:
    """A length of time like "250ms", "1.5s", "2h", or a plain number of nanoseconds. Raises BadInput."""
    match = _RELATIVE.fullmatch(text)
    if match and not text.startswith("-"):
        found = round(float(match[1]) * _UNITS_NS[match[2]])
    elif re.fullmatch(r"\d{1,19}", text, re.ASCII):
        found = int(text)
    else:
        found = -1
    if not 0 <= found < 2**63:
        raise BadInput(f"{name} = {text!r} is no length of time; write 250ms, 1.5s, 2m, 1h, or a number of nanoseconds")
    return found


def _instant_ns(text: str, now_ns: int) -> int | None:
    text = text.strip()
    if text == "now":
        return now_ns
    if match := _RELATIVE.fullmatch(text):
        return now_ns - round(float(match[1]) * _UNITS_NS[match[2]])
    if match := _UNIX_SECONDS.fullmatch(text):
        return int(match[1]) * BILLION + int((match[2] or "0").ljust(9, "0"))
    try:
        return nanoseconds(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Steps:
    """A window cut into equal steps from its start; the last one may end behind the window."""

    window: Window
    step_ns: int

    @property
    def count(self) -> int:
        return -(-(self.window.until_ns - self.window.since_ns) // self.step_ns)

    def start(self, number: int) -> Instant:
        return rfc3339(self.window.since_ns + number * self.step_ns)


def steps(window: Window, step_ns: int | None, *, grain_ns: int, most: int = 1500, aim: int = 120) -> Steps:
    """The window in steps of `step_ns`, or of a round length that gives about `aim` of them.

    Steps are whole multiples of the grain and the window is widened to whole steps, so that rollups of that grain
    answer exactly. Raises BadInput for a step below the grain or for more than `most` steps.
    """
    if step_ns is None:
        step_ns = _round_step_ns((window.until_ns - window.since_ns) / aim, grain_ns)
    if step_ns < grain_ns or step_ns % grain_ns:
        raise BadInput(f"step of {step_ns} ns: allowed here are whole multiples of {grain_ns} ns")
    aligned = aligned_to(window, step_ns)
    found = Steps(aligned, step_ns)
    if found.count > most:
        raise BadInput(f"{found.count} steps; at most {most} are answered: ask for a longer step or a shorter window")
    return found


def aligned_to(window: Window, grain_ns: int) -> Window:
    """The window widened to whole grains."""
    return Window(window.since_ns // grain_ns * grain_ns, -(-window.until_ns // grain_ns) * grain_ns)


_ROUND_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800)


def _round_step_ns(wanted_ns: float, grain_ns: int) -> int:
    fitting = (each * BILLION for each in _ROUND_S if each * BILLION >= wanted_ns and each * BILLION % grain_ns == 0)
    longest = _ROUND_S[-1] * BILLION
    return next(fitting, -(-int(wanted_ns) // longest) * longest)
