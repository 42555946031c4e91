"""Whether more calls of an operation are slow than before, also when the usual call is as it was."""

from collections.abc import Sequence

import numpy as np

from echoline.statistics.comparison import Comparison, not_enough
from echoline.statistics.controls import WANTED, Course, course
from echoline.statistics.durations import calls_in, limits
from echoline.statistics.judging import Measured, Scale, judge
from echoline.statistics.long_run import difference, weighted_mean
from echoline.statistics.placebos import in_the_light_of_the_past
from echoline.statistics.series import DurationSeries
from echoline.statistics.windows import Windows
from echoline.statistics.winsorising import MinuteMeans, in_windows, minute_means, quantiles, summed_by_minute

# Asked beside the typical duration, so it gets half of its share of false alarms.
ALPHA = 0.005
SLOW = 0.95
# Ten slow calls are expected among these.
FEWEST_CALLS = 200


def compare_tails(
    series: DurationSeries, windows: Windows, controls: Sequence[DurationSeries] = (), alpha: float = ALPHA
) -> Comparison:
    """The share of calls above the 95 % quantile of both windows together; arguments as `compare_durations`.

    `before` and `after` are shares, 0.05 on average. 200 calls on either side are the least.
    """
    shared = course([minute_means(each, windows) for each in controls], windows, series.minutes)
    return compare_shares(series, shared, windows, alpha)


def compare_shares(series: DurationSeries, shared: Course, windows: Windows, alpha: float = ALPHA) -> Comparison:
    """The same when the course of the service is known already."""
    slow = shared.weigh(_slow_calls(series, shared, windows))
    before, after = calls_in(slow, windows)
    if not series.has_tail:
        return not_enough("only means by minute are known: they tell nothing of the tail", before, after)
    if min(before, after) < FEWEST_CALLS:
        text = f"{before:.0f} calls before and {after:.0f} after; the tail needs {FEWEST_CALLS} on both sides"
        return not_enough(text, before, after)
    past = in_the_light_of_the_past(difference(slow.values, slow.weights, windows), slow, windows)
    shares = [weighted_mean(slow.values[side], slow.weights[side]) for side in (windows.before, windows.after)]
    return judge(
        Measured(shares[0], shares[1], before, after),
        past.difference,
        alpha,
        Scale(max(shares[0], 1 / before), linear=True),
        calibrated=past.is_enough and shared.controls >= WANTED,
        reasons=limits(past, shared),
    )


def _slow_calls(series: DurationSeries, shared: Course, windows: Windows) -> MinuteMeans:
    """The share of slow calls by minute; what happened to the whole service is taken out of each duration first."""
    logs = series.log_ns - shared.values[series.minute]
    rows = in_windows(series.minute, windows)
    bound = quantiles(logs[rows], series.count[rows], (SLOW,))[0] if rows.any() else 0.0
    return summed_by_minute(series, np.where(logs > bound, 1.0, 0.0), windows)
