"""What the comparisons take: durations and rates of one operation, by minute."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoline.errors import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A bucket is 2 % wide, as those of the sketches in the rollups are.
LOG_STEP = math.log(1.02)


@dataclass(frozen=True, eq=False)
class DurationSeries:
    """How long the calls of one operation lasted, by minute: rows of (minute, logarithm of a duration, how many).

    Rows may come in any order, and several for one minute and duration. Minutes without calls have no row. All series
    that are compared together (an operation and its controls) share one timeline of `minutes` minutes. Build it with
    one of the constructors: they are ordered here by how well the comparison then sees.
    """

    minutes: int
    minute: Ints
    log_ns: Floats
    count: Floats
    has_tail: bool = True

    @classmethod
    def in_buckets(cls, minutes: int, minute: ArrayLike, bucket: ArrayLike, count: ArrayLike) -> "DurationSeries":
        """The best there is, and as good as single calls: counts by minute and bucket of 2 %.

        A bucket is `floor(log(duration_ns) / log(1.02))`, in ClickHouse
        `toInt32(floor(log(greatest(duration_ns, 1)) / log(1.02)))`. `minute` counts from 0.
        """
        logs = (np.asarray(bucket, np.float64) + 0.5) * LOG_STEP
        return cls._checked(minutes, minute, logs, count)

    @classmethod
    def of_durations(cls, minutes: int, minute: ArrayLike, duration_ns: ArrayLike) -> "DurationSeries":
        """Single calls: the minute and the duration of each."""
        logs = np.log(np.maximum(np.asarray(duration_ns, np.float64), 1.0))
        return cls._checked(minutes, minute, logs, np.ones(logs.shape))

    @classmethod
    def of_quantiles(cls, calls: ArrayLike, quantiles_ns: ArrayLike) -> "DurationSeries":
        """Where sketches can only be asked for quantiles: per minute the calls, and quantiles at m levels (j + ½) / m.

        `quantiles_ns` has a row a minute and m columns, anything where there were no calls. With 20 levels or more it
        sees as well as buckets do; the tail wants 100.
        """
        counts, values = np.asarray(calls, np.float64), np.asarray(quantiles_ns, np.float64)
        if values.ndim != 2 or counts.shape != values.shape[:1]:
            raise BadInput(f"quantiles need a row for each of {counts.size} minutes, there are {values.shape}")
        busy = np.flatnonzero(counts > 0)
        levels = values.shape[1]
        logs = np.log(np.maximum(values[busy].ravel(), 1.0))
        weights = np.repeat(counts[busy] / max(levels, 1), levels)
        return cls._checked(len(counts), np.repeat(busy, levels), logs, weights)

    @classmethod
    def of_mean_logs(cls, calls: ArrayLike, mean_log_ns: ArrayLike) -> "DurationSeries":
        """When nothing else is kept: per minute the calls and the mean of log(duration_ns).

        It cannot tell anything about the tail, and outliers are bounded by minute, not by call: steps in operations
        with heavy tails are seen later.
        """
        counts, logs = np.asarray(calls, np.float64), np.asarray(mean_log_ns, np.float64)
        if counts.shape != logs.shape or counts.ndim != 1:
            raise BadInput(f"each minute needs a count and a mean, there are {counts.shape} and {logs.shape}")
        busy = np.flatnonzero(counts > 0)
        return cls._checked(len(counts), busy, logs[busy], counts[busy], has_tail=False)

    @classmethod
    def _checked(
        cls, minutes: int, minute: ArrayLike, log_ns: Floats, count: ArrayLike, *, has_tail: bool = True
    ) -> "DurationSeries":
        rows, counts = np.asarray(minute, np.int64), np.asarray(count, np.float64)
        if not (rows.ndim == 1 and rows.shape == log_ns.shape == counts.shape):
            raise BadInput(f"columns of a series must be of one length: {rows.shape}, {log_ns.shape}, {counts.shape}")
        if rows.size and not (rows.min() >= 0 and rows.max() < minutes):
            raise BadInput(f"minutes {rows.min()} to {rows.max()} are not on a timeline of {minutes}")
        if not (np.isfinite(log_ns).all() and np.isfinite(counts).all() and (counts >= 0).all()):
            raise BadInput("durations and counts of a series must be finite, and counts not negative")
        some = counts > 0
        return cls(minutes, rows[some], log_ns[some], counts[some], has_tail)


@dataclass(frozen=True, eq=False)
class RateSeries:
    """Something counted or summed up by minute, beside what it is counted against.

    errors and calls; queries and requests; CPU nanoseconds and calls; calls and minutes (`per_minute`). Two arrays
    with a place for each minute of the timeline.
    """

    amount: Floats
    exposure: Floats

    @classmethod
    def of(cls, amount: ArrayLike, exposure: ArrayLike) -> "RateSeries":
        """`amount` for each minute (errors, queries, nanoseconds) and the calls or requests of that minute."""
        amounts, exposures = np.asarray(amount, np.float64), np.asarray(exposure, np.float64)
        if amounts.ndim != 1 or amounts.shape != exposures.shape:
            raise BadInput(f"each minute needs an amount and its base, there are {amounts.shape} and {exposures.shape}")
        both = np.concatenate([amounts, exposures])
        if not (np.isfinite(both).all() and (both >= 0).all()):
            raise BadInput("amounts and what they are counted against must be finite and not negative")
        return cls(amounts, exposures)

    @classmethod
    def per_minute(cls, amount: ArrayLike) -> "RateSeries":
        """How much of it there was a minute: calls, for one."""
        amounts = np.asarray(amount, np.float64)
        return cls.of(amounts, np.ones(amounts.shape))

    @property
    def minutes(self) -> int:
        """Length of the timeline."""
        return len(self.amount)
