"""The operation's own past: how far the same two windows lay apart where nothing was deployed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from echoline.statistics.long_run import Difference
from echoline.statistics.series import Floats
from echoline.statistics.windows import Windows
from echoline.statistics.winsorising import MinuteMeans

ENOUGH = 6
_MOST = 12
# The median of the square of a standard normal variable.
_MEDIAN_OF_SQUARES = 0.455
# Earlier deployments and accidents must not hide the next one: a square counts as 9 times the usual at most.
_LARGEST = 9.0
_WORSE = 1.6
# Neighbouring placebos share a window, so they tell less than their number.
_INDEPENDENT = 0.75


@dataclass(frozen=True, slots=True)
class Past:
    """What the past says of a difference."""

    difference: Difference
    placebos: int

    @property
    def is_enough(self) -> bool:
        """Whether the past was long enough to say anything."""
        return self.placebos >= ENOUGH


def most_placebos(windows: Windows) -> Iterator[Windows]:
    """As many pairs of earlier windows as are worth looking at."""
    return windows.placebos(_MOST)


def in_the_light_of_the_past(now: Difference, means: MinuteMeans, windows: Windows) -> Past:
    """The difference with an error that the past agrees to; as it is when the past is too short."""
    squares = np.array(
        [
            means.step(each) ** 2
            for each in most_placebos(windows)
            if means.weights[each.after].any() and means.weights[each.before].any()
        ]
    )
    if len(squares) < ENOUGH:
        return Past(now, len(squares))
    return Past(inflated(now, squares), len(squares))


def inflated(now: Difference, squares: Floats) -> Difference:
    """The difference with the variance of its placebos if that is clearly larger, else with what both say together."""
    usual = float(np.median(squares)) / _MEDIAN_OF_SQUARES
    variance = float(np.mean(np.minimum(squares, _LARGEST * usual)))
    told = _INDEPENDENT * len(squares)
    if variance <= _WORSE * now.variance:
        # Two estimates of one thing: the degrees of freedom add up, and smaller changes are seen.
        pooled = (now.freedom * now.variance + told * variance) / (now.freedom + told)
        return Difference(now.value, pooled, now.freedom + told)
    return Difference(now.value, variance, min(now.freedom, told))
