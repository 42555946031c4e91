"""Percentiles of what is known only by buckets: values are taken to be spread evenly over each bucket."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# Keys of exponential buckets: 0 holds what is about zero, positive ones index + KEY_ZERO, negative ones their mirror.
KEY_ZERO = 2**31 + 1
# Differences of bounds must stay numbers.
_LARGEST = sys.float_info.max / 4


@dataclass(frozen=True)
class Buckets:
    """Counts between bounds; buckets may overlap, and one of no width holds values that are all alike."""

    lows: Floats
    highs: Floats
    counts: Floats

    def percentile(self, share: float) -> float | None:
        """The value below which this share of the values lies; None when there are none."""
        target = share * float(self.counts.sum())
        if not self.counts.sum() > 0:
            return None
        edges = np.unique(np.concatenate([self.lows, self.highs]))
        reached = self._below(edges)
        at = int(np.searchsorted(reached, target - 1e-9 * max(1.0, target)))
        if at == 0:
            return float(edges[0])
        at = min(at, len(edges) - 1)
        low, high, before = edges[at - 1], edges[at], reached[at - 1]
        # What lies exactly at the upper edge is not spread over the way to it.
        alike = self.counts[(self.lows == self.highs) & (self.lows == high)].sum()
        gained = reached[at] - alike - before
        if gained <= 0:
            return float(high)
        return float(low + (high - low) * min(1.0, (target - before) / gained))

    def _below(self, edges: Floats) -> Floats:
        """How many values are at most each edge."""
        widths = self.highs - self.lows
        with np.errstate(over="ignore"):  # by the narrowest of buckets: far above it, and clipped
            spread = np.clip((edges[:, None] - self.lows) / np.where(widths > 0, widths, 1.0), 0.0, 1.0)
        found: Floats = np.where(widths > 0, spread, edges[:, None] >= self.lows) @ self.counts
        return found


def joined(parts: Sequence[Buckets]) -> Buckets:
    """All of them as one."""
    return Buckets(
        np.concatenate([part.lows for part in parts]),
        np.concatenate([part.highs for part in parts]),
        np.concatenate([part.counts for part in parts]),
    )


def explicit(
    bounds: Sequence[float], keys: Sequence[int], counts: Sequence[int], low: float | None, high: float | None
) -> Buckets:
    """Buckets of an explicit histogram by their number; `low` and `high` are the extremes, if known.

    Without them the first bucket begins at 0 (or at its bound, if that is below) and the last one is all at its bound.
    """
    first, last = (bounds[0], bounds[-1]) if bounds else (low or 0.0, high or 0.0)
    floor = min(first, 0.0 if low is None and first > 0 else first if low is None else low)
    ceiling = last if high is None else max(high, last)
    edges = np.array([floor, *bounds, ceiling], np.float64)
    at = np.array(keys, np.int64)
    known = at < len(edges) - 1
    at, found = at[known], np.maximum(np.array(counts, np.float64)[known], 0.0)
    return _within(Buckets(edges[at], edges[at + 1], found), low, high)


def exponential(
    scale: int, keys: Sequence[int], counts: Sequence[int], low: float | None, high: float | None
) -> Buckets:
    """Buckets of an exponential histogram by their keys."""
    ends = [_ends(scale, key) for key in keys]
    lows, highs = np.array([end[0] for end in ends], np.float64), np.array([end[1] for end in ends], np.float64)
    return _within(Buckets(lows, highs, np.maximum(np.array(counts, np.float64), 0.0)), low, high)


def _ends(scale: int, key: int) -> tuple[float, float]:
    if key == 0:
        return 0.0, 0.0
    index = abs(key) - KEY_ZERO
    low, high = _power(index, scale), _power(index + 1, scale)
    return (low, high) if key > 0 else (-high, -low)


def _power(index: int, scale: int) -> float:
    """The bound of a bucket, base ** index, where base is 2 ** (2 ** -scale)."""
    exponent = index * 2.0 ** -max(-1000, min(scale, 1000))
    return math.exp2(exponent) if exponent < 1022 else _LARGEST


def _within(buckets: Buckets, low: float | None, high: float | None) -> Buckets:
    """No value lies outside the extremes."""
    lowest, highest = -_LARGEST if low is None else low, _LARGEST if high is None else high
    if not lowest <= highest:
        return buckets
    return Buckets(np.clip(buckets.lows, lowest, highest), np.clip(buckets.highs, lowest, highest), buckets.counts)
