"""When two parts are compared: one after the other, or in the same minutes; by the minute, or in finer slots."""

from dataclasses import dataclass, replace
from typing import Literal

from echoline.model.instants import BILLION
from echoline.model.window import Window
from echoline.queries.comparing.sides import Part
from echoline.queries.operation_rollups import MINUTE_NS
from echoline.statistics.windows import WARM_UP, Windows

LENGTH_NS = 120 * MINUTE_NS
"""What is compared on each side at most."""
_WARM_UP_NS = WARM_UP * MINUTE_NS
# Two releases that run side by side for less are one after the other.
_COHORTS_NS = 15 * MINUTE_NS
# Below this the minutes are too few, and spans are counted in finer slots.
_SHORTEST_BY_MINUTE_NS = 20 * MINUTE_NS
_SLOTS = 24
_FINE_NS = tuple(seconds * BILLION for seconds in (30, 15, 10, 5, 2, 1))
# Earlier pairs of windows of the same length that tell how much an operation moves by itself.
_HISTORY_WINDOWS = 8


@dataclass(frozen=True, slots=True)
class Timeline:
    """The windows of both sides, cut into slots."""

    method: Literal["windows", "cohorts"]
    before: Window
    after: Window
    """The same as `before` for cohorts."""
    slot_ns: int
    history: Window | None
    """What lies before the earlier window; None when the order of the sides is not that of time, or for cohorts."""
    warm_up: int
    """Slots at the start of the later window that are left out."""

    @property
    def is_by_minute(self) -> bool:
        return self.slot_ns == MINUTE_NS

    @property
    def windows(self) -> Windows:
        """As the statistics want them: history, earlier window and later window follow each other."""
        first, before, after = self.slots
        return Windows(first, first + before, first + before, first + before + after, self.warm_up)

    @property
    def slots(self) -> tuple[int, int, int]:
        """How many slots the history, the earlier and the later window have."""
        history = _slots(self.history, self.slot_ns) if self.history else 0
        return history, _slots(self.before, self.slot_ns), _slots(self.after, self.slot_ns)


def timeline(
    before: Part, after: Part, asked: Window | None, *, same_window: bool = False, length_ns: int = LENGTH_NS
) -> Timeline:
    """Where the two parts are best compared.

    A release with the one before it: the last two hours before the later one started, and its first two after a
    warm-up. Releases that run side by side long enough: in their common time. `asked` bounds all of it;
    `same_window` is for sides that are no times, like environments.
    """
    second = _bounded(after, asked)
    first = _bounded(_until(before, second), asked)
    common = Window(max(first.since_ns, second.since_ns), min(first.until_ns, second.until_ns))
    if same_window or (
        first != second and common.until_ns - common.since_ns >= _COHORTS_NS and _are_mixed(before, after)
    ):
        newest = Window(max(common.since_ns, common.until_ns - length_ns), common.until_ns)
        if not same_window:
            since_ns = min(common.since_ns + _WARM_UP_NS, common.until_ns - _COHORTS_NS // 2)
            newest = Window(since_ns, min(common.until_ns, since_ns + length_ns))
        return _cut("cohorts", newest, newest, is_ordered=False, is_start=False)
    if first.since_ns <= second.since_ns:
        until_ns = min(first.until_ns, second.since_ns) if first.since_ns < second.since_ns else first.until_ns
        first = Window(max(first.since_ns, until_ns - length_ns), until_ns)
        second = Window(second.since_ns, min(second.until_ns, second.since_ns + length_ns + _WARM_UP_NS))
        return _cut("windows", first, second, is_ordered=True, is_start=after.reported is not None)
    # The earlier one in time is the later side: what it did last, beside what the other one did first.
    until_ns = min(second.until_ns, first.since_ns)
    second = Window(max(second.since_ns, until_ns - length_ns), until_ns)
    first = Window(first.since_ns, min(first.until_ns, first.since_ns + length_ns))
    return _cut("windows", first, second, is_ordered=False, is_start=False)


def _until(part: Part, later: Window) -> Part:
    """Its runs that began before another window, if any did: after a rollback the first run is what came before."""
    earlier = tuple(run for run in part.runs if run.since_ns < later.since_ns)
    return replace(part, runs=earlier) if earlier else part


def _bounded(part: Part, asked: Window | None) -> Window:
    """From the start of its last run to the end, within what was asked."""
    window = part.runs[-1]
    if asked is None:
        return window
    runs = [run for run in part.runs if run.since_ns < asked.until_ns and run.until_ns > asked.since_ns]
    window = runs[-1] if runs else window
    return Window(max(window.since_ns, asked.since_ns), max(min(window.until_ns, asked.until_ns), asked.since_ns))


def _are_mixed(before: Part, after: Part) -> bool:
    """Whether both sides are releases: two windows that overlap are not in the same minutes by intention."""
    return before.reported is not None and after.reported is not None


def _cut(
    method: Literal["windows", "cohorts"], before: Window, after: Window, *, is_ordered: bool, is_start: bool
) -> Timeline:
    shortest_ns = min(before.until_ns - before.since_ns, after.until_ns - after.since_ns)
    if shortest_ns < _SHORTEST_BY_MINUTE_NS:
        slot_ns = next((fine for fine in _FINE_NS if shortest_ns >= fine * _SLOTS), _FINE_NS[-1])
        warm_up = max(1, _slots(after, slot_ns) // 8) if is_start else 0
        # Slots begin with the window, so that none holds another release.
        return Timeline(method, before, after, slot_ns, None, warm_up)
    before, after = _whole(before), _whole(after)
    history = None
    if is_ordered:
        step_ns = max(before.until_ns - before.since_ns, after.until_ns - after.since_ns)
        history = Window(max(0, before.since_ns - _HISTORY_WINDOWS * step_ns), before.since_ns)
    return Timeline(method, before, after, MINUTE_NS, history, WARM_UP if is_start else 0)


def _whole(window: Window) -> Window:
    """Its whole minutes and the parts of one at its ends."""
    return Window(window.since_ns // MINUTE_NS * MINUTE_NS, -(-window.until_ns // MINUTE_NS) * MINUTE_NS)


def _slots(window: Window, slot_ns: int) -> int:
    return -(-(window.until_ns - window.since_ns) // slot_ns)
