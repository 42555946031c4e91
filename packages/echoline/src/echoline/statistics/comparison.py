"""The answer of every comparison."""

from dataclasses import dataclass
from typing import Literal, Protocol

Verdict = Literal["better", "worse", "unchanged", "not enough data"]
Better = Literal["lower", "higher"]

NOT_ENOUGH: Verdict = "not enough data"


class Sensitivity(Protocol):
    """How sure a comparison would have been to notice a change."""

    def power(self, change: float) -> float:
        """The probability that a true relative change of this size (0.05: 5 % more) is flagged."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is known about one measure before and after. Never NaN nor infinite: what is not known is None."""

    verdict: Verdict
    before: float | None
    """The measure in the earlier window: typical duration in ns, share of slow calls, or rate."""
    after: float | None
    calls_before: float
    """Calls (of rates: events) that the earlier window holds, and so the sample size."""
    calls_after: float
    change: float | None = None
    """Relative change of the measure, 0.05 for 5 % more, net of what happened to the whole service at that time. So it
    differs from after / before - 1 when the whole service moved."""
    low: float | None = None
    """Lower end of the 99 % interval of `change`; None when it is not bounded."""
    high: float | None = None
    p: float | None = None
    """Probability of a difference at least this large, in either direction, when nothing has changed."""
    smallest_visible: float | None = None
    """The smallest increase that would have been flagged in 4 of 5 cases; None when hardly any would."""
    calibrated: bool = False
    """Whether there were control operations and enough history. If not, noise that hangs together over hours, or a
    slow neighbour, may have been taken for a change."""
    reasons: tuple[str, ...] = ()
    """What limits this answer, in words."""
    sensitivity: Sensitivity | None = None

    @property
    def is_flagged(self) -> bool:
        """Whether something has changed."""
        return self.verdict in ("better", "worse")

    def power(self, change: float) -> float:
        """The probability that a true relative change of this size would have been flagged; 0 without enough data."""
        return self.sensitivity.power(change) if self.sensitivity else 0.0


def not_enough(reason: str, calls_before: float, calls_after: float) -> Comparison:
    """The answer when there is too little to compare."""
    return Comparison(NOT_ENOUGH, None, None, calls_before, calls_after, reasons=(reason,))
