import numpy as np

from echoline.statistics.rates import compare_rates
from echoline.statistics.series import RateSeries
from echoline.statistics.slowing import slowing
from minutes import MINUTES, WINDOWS


def cpu(seed: int, step: float, calls: float) -> RateSeries:
    """Own CPU time of a function, 1 ms a call, more by `step` from minute 1560 on."""
    noise = np.random.default_rng(seed).normal(1, 0.02, MINUTES)
    return RateSeries.of(
        calls * 1e6 * noise * np.where(np.arange(MINUTES) >= 1560, 1 + step, 1.0), np.full(MINUTES, calls)
    )


def test_what_costs_its_process_most_is_named_first_and_the_slowed_are_not() -> None:
    series = {
        "often": cpu(1, 0.2, 100),
        "seldom": cpu(2, 0.5, 3),
        "slowed": cpu(3, 0.0, 50),
        "spared": cpu(4, -0.5, 50),
    }
    compared = {name: compare_rates(each, WINDOWS, counted=False) for name, each in series.items()}
    found = slowing(compared, {"often": 100, "seldom": 3, "slowed": 50, "spared": 50})
    assert [each.name for each in found] == ["often", "seldom"]
    assert 1.5e7 < found[0].cost_ns_per_minute < 2.5e7
