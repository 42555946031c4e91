"""What happened to the whole service, as its other operations tell: a slow neighbour, a cold machine, a busy hour."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from echoline.statistics.long_run import weighted_mean
from echoline.statistics.series import Floats
from echoline.statistics.windows import Windows
from echoline.statistics.winsorising import MinuteMeans, Minutes

WANTED = 8
FEWEST = 4
_MOST = 24
# A control that is mostly silent tells of a few minutes only.
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
    """The median of the controls that moved alike; with fewer than 4 that are busy enough, no movement at all.

    Of the controls the densest half by their step between the windows stays: if a deployment changed some of them as
    well, they must not make the others look changed.
    """
    busy = sorted((each for each in controls if _is_busy(each, windows)), key=lambda each: -float(each.calls.sum()))
    if len(busy) < FEWEST:
        return Course(np.zeros(minutes), np.ones(minutes, np.bool_), 0)
    kept = _densest_half(busy[:_MOST], windows)
    values = np.full((len(kept), minutes), np.inf)
    for row, each in zip(values, kept, strict=True):
        there = each.calls > 0
        before = each.values[windows.before][there[windows.before]]
        row[there] = each.values[there] - np.median(before)
    return _medians(values, len(busy[:_MOST]))


def _is_busy(means: MinuteMeans, windows: Windows) -> bool:
    sides = (means.calls[windows.before], means.calls[windows.after])
    return all(side.size and float(np.mean(side > 0)) >= _MINUTES_WITH_CALLS for side in sides)


def _densest_half(controls: Sequence[MinuteMeans], windows: Windows) -> list[MinuteMeans]:
    """The half, and one more, whose steps lie closest together."""
    before, after = windows.before, windows.after
    steps = np.array(
        [
            weighted_mean(each.values[after], each.weights[after])
            - weighted_mean(each.values[before], each.weights[before])
            for each in controls
        ]
    )
    order = np.argsort(steps, kind="stable")
    half = len(steps) // 2 + 1
    widths = steps[order][half - 1 :] - steps[order][: len(steps) - half + 1]
    first = int(np.argmin(widths))
    return [controls[place] for place in order[first : first + half]]


def _medians(values: Floats, controls: int) -> Course:
    """Medians down the columns; infinite entries are absent ones."""
    ordered = np.sort(values, axis=0)
    there = np.isfinite(ordered).sum(axis=0)
    known = there > 0
    columns = np.arange(values.shape[1])
    low = ordered[np.maximum(there - 1, 0) // 2, columns]
    high = ordered[np.minimum(there // 2, np.maximum(there - 1, 0)), columns]
    middle = np.where(known, np.where(known, low, 0.0) + np.where(known, high, 0.0), 0.0) / 2
    return Course(middle, known, controls)
