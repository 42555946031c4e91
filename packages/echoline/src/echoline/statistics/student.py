"""Student's distribution: probabilities, intervals and power of a difference whose error is estimated."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from echoline.statistics.special import special

# A difference below 2 % is not told, however sure it is: a bucket is as wide, and nobody acts on it.
LEAST = 0.02
SEEN = 0.8
_LARGEST = 20.0


def quantile(freedom: float, probability: float) -> float:
    """The value that a Student variable stays below with this probability."""
    return float(special().stdtrit(freedom, probability))


def two_sided(ratio: float, freedom: float) -> float:
    """The probability of a value at least as far from 0, either way."""
    return float(2 * special().stdtr(freedom, -abs(ratio)))


@dataclass(frozen=True, slots=True)
class StudentPower:
    """Power of a difference whose error was seen: on the logarithmic scale, or, `linear`, in parts of the value before.

    It is the power of this comparison, with the error that it had. The non-central distribution would tell of another
    one in its place; with an estimate in place of the true error, it promises too much where that is made from little
    (45 % stated, 36 % found, for rolling deployments with three instances).
    """

    error: float
    freedom: float
    alpha: float
    linear: bool = False
    least_up: float = LEAST
    """The smallest estimate that is told as an increase; larger than 2 % when the whole service moved down."""
    least_down: float = LEAST

    def power(self, change: float) -> float:
        """The probability that a true relative change of this size is flagged."""
        if change <= -1:
            return self.power(-1 + 1e-9)
        shift = abs(change if self.linear else math.log1p(change))
        least = self.least_up if change >= 0 else self.least_down
        if self.error <= 0:
            return float(shift >= least)
        bound = max(quantile(self.freedom, 1 - self.alpha / 2), least / self.error)
        return float(special().stdtr(self.freedom, shift / self.error - bound))


def smallest_visible(power: Callable[[float], float], within: float = 1e-4) -> float | None:
    """The smallest increase that is flagged in 4 of 5 cases; None when it would have to be more than twentyfold.

    `within` is how exactly, on the logarithmic scale.
    """
    if power(_LARGEST) < SEEN:
        return None
    low, high = 0.0, math.log1p(_LARGEST)
    while high - low > within:
        middle = (low + high) / 2
        low, high = (low, middle) if power(math.expm1(middle)) >= SEEN else (middle, high)
    return math.expm1(high)
