"""What can be asked of a metric over time, by its type."""

import re
from dataclasses import dataclass

from echoline.errors import BadInput
from echoline.model.answers_metrics import METRIC_KINDS, TEMPORALITIES, MetricKind, Temporality
from echoline.model.batch import MetricType

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,3})?|100)")
_LEVELS = ("avg", "min", "max", "last", "sum")
_INCREASES = ("rate", "increase")
_DISTRIBUTIONS = ("p95", "p50", "p99", "avg", "rate", "increase")


@dataclass(frozen=True)
class Shape:
    """What kind of numbers a metric's points are."""

    type: int
    temporality: int
    is_monotonic: bool
    unit: str

    @property
    def kind(self) -> MetricKind:
        """The name of the type."""
        found = METRIC_KINDS[self.type] if 0 < self.type < len(METRIC_KINDS) else None
        return found or "gauge"

    @property
    def temporality_name(self) -> Temporality:
        """The name of the temporality."""
        return TEMPORALITIES[self.temporality] if self.temporality < len(TEMPORALITIES) else "unspecified"

    @property
    def is_distribution(self) -> bool:
        """Whether points hold buckets or quantiles."""
        return self.type in (MetricType.HISTOGRAM, MetricType.EXPONENTIAL_HISTOGRAM, MetricType.SUMMARY)

    @property
    def is_counter(self) -> bool:
        """Whether only increases mean something: monotonic sums, and changes that a sender did not add up."""
        return self.type == MetricType.SUM and (self.is_monotonic or self.temporality == 1)

    @property
    def functions(self) -> tuple[str, ...]:
        """What fits, the usual one first; of distributions any percentile does."""
        if self.is_distribution:
            return _DISTRIBUTIONS
        if self.is_counter:
            return _INCREASES
        # Sums that go up and down are added over series, gauges averaged.
        return ("sum", "avg", "min", "max", "last") if self.type == MetricType.SUM else _LEVELS

    def function(self, wanted: str | None) -> str:
        """The one wanted, or the usual one. Raises BadInput for one that does not fit, naming those that do."""
        if wanted is None:
            return self.functions[0]
        fits = wanted in self.functions or (self.is_distribution and percentile(wanted) is not None)
        if not fits:
            more = " or another percentile, like p99.9" if self.is_distribution else ""
            raise BadInput(f"{wanted!r} does not fit a {self.kind}: ask for {', '.join(self.functions)}{more}")
        return wanted

    def unit_of(self, function: str) -> str:
        """The unit of the values."""
        counted = "{count}" if self.is_distribution else self.unit
        return {"rate": f"{counted}/s", "increase": counted}.get(function, self.unit)


def percentile(function: str) -> float | None:
    """0.95 for "p95", None for what is no percentile."""
    match = _PERCENTILE.fullmatch(function)
    return float(match[1]) / 100 if match else None
