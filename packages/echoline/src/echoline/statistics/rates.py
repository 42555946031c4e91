"""Whether errors, calls, queries per request, or anything else that is counted or summed up, became more or fewer."""

import math

import numpy as np

from echoline.statistics import rare
from echoline.statistics.comparison import Better, Comparison, not_enough
from echoline.statistics.judging import Measured, judge
from echoline.statistics.long_run import Difference, difference_of_scores
from echoline.statistics.placebos import ENOUGH, inflated, most_placebos
from echoline.statistics.series import Floats, RateSeries
from echoline.statistics.windows import Windows

ALPHA = 0.01
FEWEST_EXPOSED = 30
FEWEST_MINUTES = 8
# With fewer events a side the logarithm of their ratio is no normal variable, and they are counted exactly.
FEWEST_EVENTS = 20


def compare_rates(
    series: RateSeries, windows: Windows, alpha: float = ALPHA, better: Better = "lower", *, counted: bool = True
) -> Comparison:
    """The ratio of two rates: errors per call, queries per request, CPU time per call, calls per minute.

    `counted`: the amounts are numbers of events, so that few of them (under 20 a side) are told apart exactly. Pass
    False for amounts that are sums, as nanoseconds are. What the rates are counted against must be at least 30 on
    either side (calls, requests), and minutes at least 8.

    `calls_before` and `calls_after` of the answer are what was counted against. There are no controls: a rate that
    follows the time of day is compared with the same time of another day.
    """
    sides = (windows.before, windows.after)
    amounts = [float(series.amount[side].sum()) for side in sides]
    exposures = [float(series.exposure[side].sum()) for side in sides]
    few = _too_few(amounts, exposures, windows, counted=counted)
    if few:
        return few
    if counted and min(amounts) < FEWEST_EVENTS:
        return rare.compare_rare(series, windows, alpha, better)
    if min(amounts) <= 0:
        return not_enough("the amount is 0 on one side, so there is no ratio", exposures[0], exposures[1])
    rates = [amount / exposure for amount, exposure in zip(amounts, exposures, strict=True)]
    now = _log_ratio(series, windows, rates)
    squares = _placebo_squares(series, windows)
    enough = len(squares) >= ENOUGH
    return judge(
        Measured(rates[0], rates[1], exposures[0], exposures[1]),
        inflated(now, squares) if enough else now,
        alpha,
        better=better,
        calibrated=enough,
        reasons=() if enough else (history_is_short(len(squares)),),
    )


def history_is_short(placebos: int) -> str:
    """Why an answer without a past is not calibrated."""
    return f"uncalibrated: history for {placebos} earlier comparisons, {ENOUGH} are wanted"


def _too_few(amounts: list[float], exposures: list[float], windows: Windows, *, counted: bool) -> Comparison | None:
    if min(windows.lengths) < FEWEST_MINUTES:
        lengths = " and ".join(str(length) for length in windows.lengths)
        return not_enough(f"{lengths} minutes to compare; {FEWEST_MINUTES} are needed on both sides", *exposures)
    if min(exposures) < FEWEST_EXPOSED:
        text = (
            f"{exposures[0]:.0f} calls before and {exposures[1]:.0f} after; {FEWEST_EXPOSED} are needed on both sides"
        )
        return not_enough(text, *exposures)
    if not any(amounts) and not counted:
        return not_enough("the amount is 0 on both sides", *exposures)
    return None


def _log_ratio(series: RateSeries, windows: Windows, rates: list[float]) -> Difference:
    parts: list[Floats] = []
    for side, rate in zip((windows.before, windows.after), rates, strict=True):
        amount, exposure = series.amount[side], series.exposure[side]
        parts.append((amount - rate * exposure) / float(amount.mean()))
    return difference_of_scores(math.log(rates[1] / rates[0]), parts)


def _placebo_squares(series: RateSeries, windows: Windows) -> Floats:
    squares = []
    for each in most_placebos(windows):
        amounts = [float(series.amount[side].sum()) for side in (each.before, each.after)]
        exposures = [float(series.exposure[side].sum()) for side in (each.before, each.after)]
        if min(*amounts, *exposures) > 0:
            squares.append(math.log(amounts[1] / exposures[1] / (amounts[0] / exposures[0])) ** 2)
    return np.array(squares, np.float64)
