"""A rolling deployment: old and new instances side by side, compared within the same minutes."""

import math
from collections.abc import Sequence

import numpy as np

from echoline.statistics.comparison import Comparison, not_enough
from echoline.statistics.durations import ALPHA, FEWEST_CALLS, FEWEST_MINUTES
from echoline.statistics.judging import Measured, judge
from echoline.statistics.long_run import Difference, correlation, long_run_variance, scores, weighted_mean
from echoline.statistics.series import DurationSeries, Floats, Ints
from echoline.statistics.windows import WARM_UP
from echoline.statistics.winsorising import CLIPPED, LEFT_OF_A_STEP, Minutes, quantiles

_COSINES = 12
_FEWEST_INSTANCES = 2

# Of one instance, or of one side: minute, logarithm of the duration, and count of each row.
Rows = tuple[Ints, Floats, Floats]


def compare_cohorts(
    before: Sequence[DurationSeries], after: Sequence[DurationSeries], alpha: float = ALPHA, warm_up: int = WARM_UP
) -> Comparison:
    """The typical duration on new instances beside that on old ones, minute by minute.

    One series an instance, all on the timeline in which both ran; one series a side if instances are not told apart,
    and then the answer is not calibrated: a single odd machine looks like a change. Whatever happens to both sides in
    a minute cancels out, so neither controls nor history are needed. The first `warm_up` minutes of each new instance
    are left out, unless it ran from the start of the timeline.

    30 calls on either side in at least 8 common minutes are the least.
    """
    old, new = [_rows(each, 0) for each in before], [_rows(each, warm_up) for each in after]
    minutes = max((each.minutes for each in (*before, *after)), default=0)
    sides = [_joined(each) for each in (old, new)]
    calls = [np.bincount(minute, count, minlength=minutes) for minute, _, count in sides]
    common = (calls[0] > 0) & (calls[1] > 0)
    totals = [float(each[common].sum()) for each in calls]
    if common.sum() < FEWEST_MINUTES:
        return not_enough(f"{common.sum()} minutes in which both ran; {FEWEST_MINUTES} are needed", *totals)
    if min(totals) < FEWEST_CALLS:
        text = (
            f"{totals[0]:.0f} calls of the old and {totals[1]:.0f} of the new; {FEWEST_CALLS} are needed on both sides"
        )
        return not_enough(text, *totals)
    return _compared(old, new, common, alpha)


def _rows(series: DurationSeries, warm_up: int) -> Rows:
    started = int(series.minute.min()) if series.minute.size else 0
    kept = series.minute >= (started + warm_up if started else 0)
    return series.minute[kept], series.log_ns[kept], series.count[kept]


def _joined(instances: Sequence[Rows]) -> Rows:
    columns = zip(*instances, strict=True) if instances else ()
    joined = [np.concatenate(column) for column in columns]
    return (joined[0], joined[1], joined[2]) if joined else (np.zeros(0, np.int64), np.zeros(0), np.zeros(0))


def _compared(old: list[Rows], new: list[Rows], common: Minutes, alpha: float) -> Comparison:
    old, new = _clipped(old, new, common)
    calls, means = zip(*(_by_minute(_joined(each), common) for each in (old, new)), strict=True)
    weights = calls[0] * calls[1] / (calls[0] + calls[1])
    apart = means[1] - means[0]
    now = _in_minutes(apart, weights)
    overall = (calls[0] * means[0] + calls[1] * means[1]) / (calls[0] + calls[1])
    among = _among_instances(old, new, common, overall, now.value)
    if among and among.variance > now.variance:
        now = among
    reasons = () if among else ("uncalibrated: one instance a side, so an odd machine looks like a change",)
    typical = [math.exp(weighted_mean(each, weights)) for each in means]
    return judge(
        Measured(typical[0], typical[1], float(calls[0].sum()), float(calls[1].sum())),
        now.divided(LEFT_OF_A_STEP),
        alpha,
        calibrated=among is not None,
        reasons=reasons,
    )


def _clipped(old: list[Rows], new: list[Rows], common: Minutes) -> tuple[list[Rows], list[Rows]]:
    """Both sides in their common minutes, clipped at common bounds."""
    there = [[_only(each, common) for each in side] for side in (old, new)]
    _, logs, counts = _joined([*there[0], *there[1]])
    low, high = quantiles(logs, counts, CLIPPED)
    clipped = [[(minute, np.clip(log, low, high), count) for minute, log, count in side] for side in there]
    return clipped[0], clipped[1]


def _only(rows: Rows, common: Minutes) -> Rows:
    kept = common[rows[0]]
    return rows[0][kept], rows[1][kept], rows[2][kept]


def _by_minute(rows: Rows, common: Minutes) -> tuple[Floats, Floats]:
    """Calls and means of the common minutes."""
    minute, logs, count = rows
    calls: Floats = np.bincount(minute, count, minlength=len(common)).astype(np.float64)[common]
    return calls, np.bincount(minute, count * logs, minlength=len(common))[common] / calls


def _in_minutes(apart: Floats, weights: Floats) -> Difference:
    """How far the two sides are apart, with the error that the minutes tell."""
    score = scores(apart, weights)
    terms = min(_COSINES, max(4, len(score) // 5))
    variance = long_run_variance(score, correlation([score]), terms) / len(score)
    return Difference(weighted_mean(apart, weights), variance, float(terms))


def _among_instances(
    old: list[Rows], new: list[Rows], common: Minutes, overall: Floats, value: float
) -> Difference | None:
    """The same difference with the error that instances of one side tell; None with fewer than two on a side."""
    course = np.zeros(len(common))
    course[common] = overall
    parts = []
    for side in (old, new):
        own = [weighted_mean(logs - course[minute], count) for minute, logs, count in side if count.sum() > 0]
        if len(own) < _FEWEST_INSTANCES:
            return None
        parts.append((float(np.var(own, ddof=1)) / len(own), len(own) - 1))
    variance = sum(each for each, _ in parts)
    spread = sum(each**2 / freedom for each, freedom in parts)
    return Difference(value, variance, variance**2 / spread if spread > 0 else float(sum(free for _, free in parts)))
