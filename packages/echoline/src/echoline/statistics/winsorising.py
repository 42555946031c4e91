"""Means of log durations by minute that no outlier can move."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoline.statistics.long_run import weighted_mean
from echoline.statistics.series import DurationSeries, Floats, Ints
from echoline.statistics.windows import Windows

Minutes = NDArray[np.bool_]

CLIPPED = (0.02, 0.98)
# What clipping at 2 and 98 % leaves of a step in all durations.
LEFT_OF_A_STEP = 0.96


@dataclass(frozen=True, slots=True)
class MinuteMeans:
    """A value and a weight for each minute of the timeline, and the number of calls behind it."""

    values: Floats
    weights: Floats
    calls: Floats

    def step(self, windows: Windows) -> float:
        """The later minus the earlier mean."""
        before, after = windows.before, windows.after
        return weighted_mean(self.values[after], self.weights[after]) - weighted_mean(
            self.values[before], self.weights[before]
        )


def quantiles(logs: Floats, counts: Floats, levels: tuple[float, ...]) -> Floats:
    """Weighted quantiles; the order of the rows makes no difference. There must be a row."""
    order = np.argsort(logs)
    above = np.cumsum(counts[order])
    places = np.searchsorted(above, np.asarray(levels) * above[-1] * (1 - 1e-12))
    result: Floats = logs[order][np.minimum(places, len(logs) - 1)]
    return result


def in_windows(minute: Ints, windows: Windows) -> Minutes:
    """Which rows lie in either window."""
    inside: Minutes = np.zeros(len(minute), np.bool_)
    for side in (windows.before, windows.after):
        inside |= (minute >= side.start) & (minute < side.stop)
    return inside


def minute_means(series: DurationSeries, windows: Windows) -> MinuteMeans:
    """Means of log durations, clipped at the 2 and 98 % quantiles of both windows together, over the whole timeline.

    A minute weighs as many calls as it has, at most twice the usual number: a burst must not outvote the rest.
    """
    rows = in_windows(series.minute, windows)
    logs = series.log_ns
    if rows.any():
        low, high = quantiles(logs[rows], series.count[rows], CLIPPED)
        logs = np.clip(logs, low, high)
    return summed_by_minute(series, logs, windows)


def summed_by_minute(series: DurationSeries, values: Floats, windows: Windows) -> MinuteMeans:
    """The mean of a value of each row, by minute."""
    calls: Floats = np.bincount(series.minute, series.count, minlength=series.minutes).astype(np.float64)
    sums = np.bincount(series.minute, series.count * values, minlength=series.minutes)
    means = np.divide(sums, calls, out=np.zeros(series.minutes), where=calls > 0)
    return MinuteMeans(means, capped(calls, windows), calls)


def capped(calls: Floats, windows: Windows) -> Floats:
    """Weights of minutes: their calls, at most twice the median of the minutes that have some."""
    compared = np.concatenate([calls[windows.before], calls[windows.after]])
    busy = compared[compared > 0]
    # Weights from sampled senders may be below 1, so the cap has no floor of its own.
    return np.minimum(calls, 2 * float(np.median(busy))) if busy.size else calls
