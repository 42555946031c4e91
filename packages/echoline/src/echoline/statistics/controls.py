"""What happened to the whole service, as its other operations tell: a slow neighbour, a cold machine, a busy hour."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from echoline.statistics.series import Floats
from echoline.statistics.windows import Windows
from echoline.statistics.winsorising import MinuteMeans, Minutes

WANTED = 8
FEWEST = 4
MOST = 24
# A control that is mostly silent tells of a few minutes only.
# Of the width of the densest half, on either side of its middle.
_NEAR = 2.0
_MINUTES_WITH_CALLS = 0.5


@dataclass(frozen=True, slots=True)
class Course:
    """How the service as a whole moved, minute by minute, on the logarithmic scale."""

    values: Floats
    known: Minutes
    """Minutes about which a control tells."""
    controls: int
    """How many operations it rests on."""

    def adjust(self, means: MinuteMeans) -> MinuteMeans:
        """The means of an operation without what happened to all; minutes of which no control tells weigh nothing."""
        return self.weigh(MinuteMeans(means.values - self.values, means.weights, means.calls))

    def weigh(self, means: MinuteMeans) -> MinuteMeans:
        """The same means; minutes of which no control tells weigh nothing."""
        return MinuteMeans(means.values, *(np.where(self.known, each, 0.0) for each in (means.weights, means.calls)))


def course(controls: Sequence[MinuteMeans], windows: Windows, minutes: int) -> Course:
    """The middle of the controls that moved alike; with fewer than 4 that are busy enough, no movement at all.

    Of the controls only those stay whose step between the windows is near that of the densest half: if a deployment
    changed some of them as well, they must not make the others look changed.
    """
    return common_course([controls[place] for place in busiest(controls, windows)[:MOST]], windows, minutes)


def busiest(controls: Sequence[MinuteMeans], windows: Windows) -> list[int]:
    """Places of the controls that are busy enough, busiest first."""
    calls = [float(each.calls.sum()) if _is_busy(each, windows) else 0.0 for each in controls]
    return sorted((place for place, count in enumerate(calls) if count > 0), key=lambda place: -calls[place])


def common_course(busy: Sequence[MinuteMeans], windows: Windows, minutes: int) -> Course:
    """The same of controls that are busy enough, 24 at most."""
    if len(busy) < FEWEST:
        return Course(np.zeros(minutes), np.ones(minutes, np.bool_), 0)
    kept = _alike(busy, windows)
    values = np.full((len(kept), minutes), np.inf)
    for row, each in zip(values, kept, strict=True):
        there = each.calls > 0
        before = each.values[windows.before][there[windows.before]]
        row[there] = each.values[there] - np.median(before)
    return _middle(values, len(busy))


def _is_busy(means: MinuteMeans, windows: Windows) -> bool:
    sides = (means.calls[windows.before], means.calls[windows.after])
    return all(side.size and np.count_nonzero(side) >= _MINUTES_WITH_CALLS * side.size for side in sides)


def _alike(controls: Sequence[MinuteMeans], windows: Windows) -> list[MinuteMeans]:
    """Those whose steps lie near the densest half of all steps."""
    steps = np.array([each.step(windows) for each in controls])
    ordered = np.sort(steps)
    half = len(steps) // 2 + 1
    widths = ordered[half - 1 :] - ordered[: len(steps) - half + 1]
    first = int(np.argmin(widths))
    centre, width = float(np.mean(ordered[first : first + half])), float(widths[first])
    return [each for each, step in zip(controls, steps, strict=True) if abs(step - centre) <= _NEAR * width + 1e-12]


def _middle(values: Floats, controls: int) -> Course:
    """The mean of the middle half of each column; infinite entries are absent ones."""
    ordered = np.sort(values, axis=0)
    there = np.isfinite(ordered).sum(axis=0)
    cut = there // 4
    places = np.arange(len(values))[:, None]
    inside = (places >= cut) & (places < there - cut)
    sums = np.where(inside, ordered, 0.0).sum(axis=0)
    return Course(sums / np.maximum(inside.sum(axis=0), 1), there > 0, controls)
