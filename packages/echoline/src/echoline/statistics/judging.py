"""From a difference and its error to a verdict."""

import math
from dataclasses import dataclass

from echoline.statistics import student
from echoline.statistics.comparison import Better, Comparison, Verdict
from echoline.statistics.long_run import Difference
from echoline.statistics.student import LEAST, StudentPower

# Beyond this a change is as good as not bounded (e^50), and its exponential would not be a number any more.
_FARTHEST = 50.0
EXCUSE = "the other operations moved, this one did not: see the shift of the service"


@dataclass(frozen=True, slots=True)
class Scale:
    """How a difference becomes a relative change: by exp, or, `linear`, as a part of the value before."""

    base: float = 1.0
    linear: bool = False

    def change(self, difference: float) -> float:
        """The relative change that this difference stands for; never below -1."""
        if self.linear:
            return max(difference / self.base, -1.0)
        return math.expm1(min(difference, _FARTHEST))


LOGARITHMIC = Scale()


@dataclass(frozen=True, slots=True)
class Measured:
    """What is compared: the values on both sides, and the calls behind them."""

    before: float
    after: float
    calls_before: float
    calls_after: float


def judge(
    measured: Measured,
    now: Difference,
    alpha: float,
    scale: Scale = LOGARITHMIC,
    better: Better = "lower",
    *,
    calibrated: bool,
    reasons: tuple[str, ...] = (),
    drift: float = 0.0,
) -> Comparison:
    """The answer: flagged when p is below alpha and the change is at least 2 %.

    `drift` is how the whole service moved, on the scale of the difference. An operation must have moved itself: without
    looking at the others it must have gone the same way, and half as far at least.
    """
    error = math.sqrt(now.variance)
    p = p_value(now)
    change = scale.change(now.value)
    least = max(LEAST * scale.base, (-2 if now.value > 0 else 2) * drift)
    is_seen = p < alpha and abs(now.value) >= LEAST * scale.base
    is_excused = is_seen and abs(now.value) < least
    reach = student.quantile(now.freedom, 1 - alpha / 2) * error
    sensitivity = StudentPower(
        error / scale.base,
        now.freedom,
        alpha,
        scale.linear,
        least_up=max(LEAST, -2 * drift / scale.base),
        least_down=max(LEAST, 2 * drift / scale.base),
    )
    return Comparison(
        verdict=direction(now.value, better) if is_seen and not is_excused else "unchanged",
        before=measured.before,
        after=measured.after,
        calls_before=measured.calls_before,
        calls_after=measured.calls_after,
        change=change,
        low=scale.change(now.value - reach),
        high=scale.change(now.value + reach) if now.value + reach < _FARTHEST else None,
        p=p,
        smallest_visible=student.smallest_visible(sensitivity.power),
        calibrated=calibrated,
        reasons=(*reasons, EXCUSE) if is_excused else reasons,
        sensitivity=sensitivity,
    )


def p_value(now: Difference) -> float:
    """The probability of a difference at least this large when nothing has changed."""
    if now.variance <= 0:
        return float(now.value == 0)
    return student.two_sided(now.value / math.sqrt(now.variance), now.freedom)


def direction(difference: float, better: Better) -> Verdict:
    """Whether a change of this sign is good."""
    return "better" if (difference < 0) == (better == "lower") else "worse"
