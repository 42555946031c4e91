"""Events too few for a normal approximation: the later ones among all are counted exactly (conditional, mid-p)."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from echoline.statistics.comparison import Better, Comparison
from echoline.statistics.judging import direction
from echoline.statistics.series import Floats, RateSeries
from echoline.statistics.special import special
from echoline.statistics.student import smallest_visible
from echoline.statistics.windows import Windows

_BLOCK = 10
_LEVELS = 15


@dataclass(frozen=True, slots=True)
class RarePower:
    """Power of the conditional test of two counts."""

    before: float
    """Events in the earlier window, each as large as the overdispersion says."""
    odds: float
    """What the later window was exposed to, beside the earlier one."""
    alpha: float

    def power(self, change: float) -> float:
        """The probability that a true relative change of this size is flagged.

        How many events were to be expected before is not known from few of them: it is averaged over what may be
        (Jeffreys' prior), so that the power is right on average.
        """
        levels = (np.arange(_LEVELS) + 0.5) / _LEVELS
        expected = special().gammaincinv(self.before + 0.5, levels)[:, None]
        most = float(expected[-1, 0])
        count = math.ceil(most + 6 * math.sqrt(most) + 8)
        before = np.arange(count, dtype=np.float64)
        chances = np.exp(special().xlogy(before, expected) - expected - special().gammaln(before + 1))
        later = expected * self.odds * max(1 + change, 1e-9)
        if change >= 0:
            found = special().pdtrc(_fewest(count, self.odds, self.alpha) - 1, later)
        else:
            low = _most(count, self.odds, self.alpha)
            found = np.where(low >= 0, special().pdtr(np.maximum(low, 0), later), 0.0)
        return float(min((chances * found).sum(axis=1).mean(), 1.0))


@lru_cache(maxsize=64)
def _fewest(count: int, odds: float, alpha: float) -> Floats:
    """The fewest later events that are flagged as more, for 0, 1, … `count` - 1 earlier ones."""
    before = np.arange(count, dtype=np.float64)
    low, high = np.zeros(count), np.ceil((before + 20) * (odds + 1) * 10)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        seen = 2 * upper(middle, before, odds / (1 + odds)) < alpha
        low, high = np.where(seen, low, middle), np.where(seen, middle, high)
    return high


@lru_cache(maxsize=64)
def _most(count: int, odds: float, alpha: float) -> Floats:
    """The most later events that are flagged as fewer; -1 when not even none would be."""
    before = np.arange(count, dtype=np.float64)
    low, high = np.full(count, -1.0), np.ceil(before * odds + 1)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        seen = 2 * (1 - upper(middle, before, odds / (1 + odds))) < alpha
        low, high = np.where(seen, middle, low), np.where(seen, high, middle)
    return low


def upper(later: Floats, before: Floats, share: float | Floats) -> Floats:
    """The mid-p probability of at least so many later events among all, when each is later with this probability.

    Through the incomplete beta function, so that counts need not be whole.
    """
    at_least = np.where(later > 0, special().betainc(np.maximum(later, 1e-12), before + 1, share), 1.0)
    more = np.where(before > 0, special().betainc(later + 1, np.maximum(before, 1e-12), share), 0.0)
    result: Floats = (at_least + more) / 2
    return result


def overdispersion(series: RateSeries, windows: Windows) -> float:
    """How much more blocks of ten minutes vary than independent events would, history included; 1 at least."""
    until = windows.before_until
    ranges = [(until % _BLOCK, until), (windows.after.start, windows.after.stop)]
    squares, blocks = 0.0, 0
    for start, stop in ranges:
        count = (stop - start) // _BLOCK
        part = slice(start, start + count * _BLOCK)
        amount = series.amount[part].reshape(count, _BLOCK).sum(axis=1)
        exposure = series.exposure[part].reshape(count, _BLOCK).sum(axis=1)
        if amount.sum() <= 0:
            continue
        expected = exposure * amount.sum() / exposure.sum()
        there = expected > 0
        squares += float(((amount[there] - expected[there]) ** 2 / expected[there]).sum())
        blocks += int(there.sum()) - 1
    return max(1.0, squares / blocks) if blocks > 0 else 1.0


def compare_rare(series: RateSeries, windows: Windows, alpha: float, better: Better) -> Comparison:
    """The answer for few events; an event counts as 1 / overdispersion."""
    sides = (windows.before, windows.after)
    amounts = [float(series.amount[side].sum()) for side in sides]
    exposures = [float(series.exposure[side].sum()) for side in sides]
    single = overdispersion(series, windows)
    odds = exposures[1] / exposures[0]
    counts = (amounts[0] / single, amounts[1] / single)
    p = _two_sided(counts, odds)
    change = (amounts[1] / exposures[1]) / (amounts[0] / exposures[0]) - 1 if amounts[0] > 0 else None
    low, high = _interval(counts, odds, alpha)
    power = RarePower(counts[0], odds, alpha)
    more = amounts[1] * exposures[0] - amounts[0] * exposures[1]
    flagged_from = _fewest(math.ceil(counts[0]) + 1, odds, alpha)[math.ceil(counts[0])] * single
    reasons = [] if p < alpha else [f"{math.ceil(flagged_from)} events in the later window would have been flagged"]
    if single > 1:
        reasons.append(f"events come in groups: {single:.1f} of them count as one")
    return Comparison(
        verdict=direction(more, better) if p < alpha else "unchanged",
        before=amounts[0] / exposures[0],
        after=amounts[1] / exposures[1],
        calls_before=exposures[0],
        calls_after=exposures[1],
        change=change,
        low=low,
        high=high,
        p=p,
        # From nothing at all, no multiple leads to something.
        smallest_visible=smallest_visible(power.power, 0.01) if amounts[0] else None,
        calibrated=True,
        reasons=tuple(reasons),
        sensitivity=power,
    )


def _two_sided(counts: tuple[float, float], odds: float) -> float:
    if not sum(counts):
        return 1.0
    more = float(upper(np.array([counts[1]]), np.array([counts[0]]), odds / (1 + odds))[0])
    return min(1.0, 2 * min(more, 1 - more))


def _interval(counts: tuple[float, float], odds: float, alpha: float) -> tuple[float | None, float | None]:
    """The relative changes that a test at alpha would not exclude; None where there is no bound."""
    if not sum(counts):
        return None, None
    levels = np.array([alpha / 2, 1 - alpha / 2])
    before, later = np.full(2, counts[0]), np.full(2, counts[1])
    low, high = np.zeros(2), np.ones(2)
    for _ in range(40):
        middle = (low + high) / 2
        is_below = upper(later, before, middle) < levels
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    ratios = [float(share / (1 - share) / odds - 1) for share in (low + high) / 2]
    lowest = ratios[0] if counts[1] > 0 else -1.0 if counts[0] > 0 else None
    return lowest, ratios[1] if counts[0] > 0 else None
