"""Whether the calls of an operation take longer or shorter than before."""

import math
from collections.abc import Sequence

from echoline.statistics.comparison import Comparison, not_enough
from echoline.statistics.controls import WANTED, Course, course
from echoline.statistics.judging import Measured, judge
from echoline.statistics.long_run import Difference, difference, weighted_mean
from echoline.statistics.placebos import ENOUGH, Past, in_the_light_of_the_past
from echoline.statistics.series import DurationSeries
from echoline.statistics.windows import Windows
from echoline.statistics.winsorising import LEFT_OF_A_STEP, MinuteMeans, minute_means

ALPHA = 0.01
FEWEST_CALLS = 30
FEWEST_MINUTES = 8
# How much of a movement of the service an operation may take or leave: its own share of it is not known exactly.
LOADING = 0.2


def compare_durations(
    series: DurationSeries, windows: Windows, controls: Sequence[DurationSeries] = (), alpha: float = ALPHA
) -> Comparison:
    """The typical duration of calls (a geometric mean that outliers cannot move) in two windows of one timeline.

    `controls`: eight or more other operations of the same process or service on the same timeline, none of which calls
    this one or is called by it. Of them is subtracted what happened to the service as a whole. Without controls, or
    without history before the earlier window, the answer is not `calibrated`, and says so.

    30 calls and 8 minutes on either side are the least; below that the verdict is "not enough data".
    """
    shared = course([minute_means(each, windows) for each in controls], windows, series.minutes)
    return compare_means(minute_means(series, windows), shared, windows, alpha)


def too_few(means: MinuteMeans, windows: Windows) -> Comparison | None:
    """The answer when there are too few calls or minutes to compare, else None."""
    before, after = calls_in(means, windows)
    if min(windows.lengths) < FEWEST_MINUTES:
        lengths = " and ".join(str(length) for length in windows.lengths)
        return not_enough(f"{lengths} minutes to compare; {FEWEST_MINUTES} are needed on both sides", before, after)
    if min(before, after) < FEWEST_CALLS:
        text = f"{before:.0f} calls before and {after:.0f} after; {FEWEST_CALLS} are needed on both sides"
        return not_enough(text, before, after)
    return None


def compare_means(means: MinuteMeans, shared: Course, windows: Windows, alpha: float = ALPHA) -> Comparison:
    """The same for minute means that are there already."""
    few = too_few(means, windows)
    if few:
        return few
    adjusted = shared.adjust(means)
    if too_few(adjusted, windows):
        return not_enough("too few minutes in which control operations were called", *calls_in(means, windows))
    past = past_difference(adjusted, shared, windows)
    return judge(
        typical(means, windows),
        past.difference.divided(LEFT_OF_A_STEP),
        alpha,
        calibrated=past.is_enough and shared.controls >= WANTED,
        reasons=limits(past, shared),
        drift=(means.step(windows) - past.difference.value) / LEFT_OF_A_STEP,
    )


def typical(means: MinuteMeans, windows: Windows) -> Measured:
    """The typical durations of both windows as they were, in ns, and their calls."""
    before, after = (
        math.exp(weighted_mean(means.values[side], means.weights[side])) for side in (windows.before, windows.after)
    )
    return Measured(before, after, *calls_in(means, windows))


def past_difference(adjusted: MinuteMeans, shared: Course, windows: Windows) -> Past:
    """The difference of the adjusted means with all that its error is made of: minutes, controls, history."""
    now = difference(adjusted.values, adjusted.weights, windows)
    moved = MinuteMeans(shared.values, adjusted.weights, adjusted.calls).step(windows)
    now = Difference(now.value, now.variance + (LOADING * moved) ** 2, now.freedom)
    return in_the_light_of_the_past(now, adjusted, windows)


def limits(past: Past, shared: Course | None) -> tuple[str, ...]:
    """Why an answer is not calibrated, in words."""
    reasons = []
    if shared and shared.controls < WANTED:
        reasons.append(f"uncalibrated: {shared.controls} control operations, {WANTED} are wanted")
    if not past.is_enough:
        reasons.append(f"uncalibrated: history for {past.placebos} earlier comparisons, {ENOUGH} are wanted")
    return tuple(reasons)


def calls_in(means: MinuteMeans, windows: Windows) -> tuple[float, float]:
    """Calls in the earlier and in the later window."""
    return float(means.calls[windows.before].sum()), float(means.calls[windows.after].sum())
