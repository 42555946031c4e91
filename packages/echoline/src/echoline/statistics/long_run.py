"""How far a mean over minutes may be off when neighbouring minutes hang together.

Equal-weighted cosine estimates of the long-run variance (Lazarus, Lewis, Stock and Watson, 2018), once as they are
and once with the first autocorrelation taken out (pre-whitened); the larger one counts, so that slow noise is not
taken for a step.
"""

from dataclasses import dataclass

import numpy as np

from echoline.statistics.series import Floats
from echoline.statistics.windows import Windows

_MOST_CORRELATED = 0.95
# Some of the plain variance is always there; the cosines may miss it by chance.
_PLAIN = 0.8


@dataclass(frozen=True, slots=True)
class Difference:
    """The later minus the earlier mean, its variance, and the degrees of freedom of that variance."""

    value: float
    variance: float
    freedom: float

    def divided(self, by: float) -> "Difference":
        """The same difference on a scale that is so many times smaller."""
        return Difference(self.value / by, self.variance / by**2, self.freedom)


def cosines(minutes: int) -> int:
    """How many cosines a window of this length bears: 8 for two hours, 4 for a quarter of an hour."""
    return 4 if minutes < 22 else 5 if minutes < 45 else 6 if minutes < 90 else 8


def weighted_mean(values: Floats, weights: Floats) -> float:
    """The mean; 0 without any weight."""
    total = float(weights.sum())
    return float(weights @ values) / total if total > 0 else 0.0


def scores(values: Floats, weights: Floats) -> Floats:
    """What each minute adds to the error of the weighted mean, times the number of minutes; an empty minute adds 0."""
    total = float(weights.sum())
    if total <= 0:
        return np.zeros(len(weights))
    return weights * (values - weighted_mean(values, weights)) / (total / len(weights))


def long_run_variance(score: Floats, correlation: float, terms: int) -> float:
    """The variance of the mean of these scores, times their number."""
    innovations = score[1:] - correlation * score[:-1]
    whitened = _cosine_variance(innovations - innovations.mean(), terms) / (1 - correlation) ** 2
    return max(_cosine_variance(score, terms), whitened, _PLAIN * float(score @ score) / len(score))


def correlation(parts: list[Floats]) -> float:
    """Pooled first autocorrelation of the scores of both windows, bias taken out, between 0 and 0.95."""
    among = sum(float(score[1:] @ score[:-1]) for score in parts)
    alone = sum(float(score @ score) for score in parts)
    raw = among / alone if alone > 0 else 0.0
    corrected = raw + (1 + 3 * raw) / min(len(score) for score in parts)
    return min(max(corrected, 0.0), _MOST_CORRELATED)


def difference_of_scores(value: float, parts: list[Floats]) -> Difference:
    """The error of a difference from the scores of its two windows."""
    rho = correlation(parts)
    terms = [cosines(len(score)) for score in parts]
    variances = [long_run_variance(score, rho, count) / len(score) for score, count in zip(parts, terms, strict=True)]
    variance = sum(variances)
    spread = sum(each**2 / count for each, count in zip(variances, terms, strict=True))
    return Difference(value, variance, variance**2 / spread if spread > 0 else float(sum(terms)))


def difference(values: Floats, weights: Floats, windows: Windows) -> Difference:
    """The difference of two weighted means over minutes, with its error."""
    sides = [(values[side], weights[side]) for side in (windows.before, windows.after)]
    value = weighted_mean(*sides[1]) - weighted_mean(*sides[0])
    return difference_of_scores(value, [scores(*side) for side in sides])


def _cosine_variance(score: Floats, terms: int) -> float:
    places = (np.arange(len(score)) + 0.5) / len(score)
    waves = np.sqrt(2 / len(score)) * np.cos(np.pi * np.outer(np.arange(1, terms + 1), places))
    return float(np.mean((waves @ score) ** 2))
