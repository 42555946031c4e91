import numpy as np
import pytest

from echoline.statistics.series import DurationSeries
from echoline.statistics.winsorising import minute_means, quantiles
from minutes import MINUTES, WINDOWS, calm


def test_an_outlier_does_not_move_its_minute() -> None:
    made = calm(1)
    hurt = DurationSeries(MINUTES, made.minute, made.log_ns.copy(), made.count)
    hurt.log_ns[np.flatnonzero(made.minute == 1500)[0]] += 10
    before, after = (minute_means(each, WINDOWS).values[1500] for each in (made, hurt))
    assert after - before < 0.1


def test_a_burst_weighs_as_twice_the_usual_minute() -> None:
    made = calm(2, calls=20)
    burst = np.flatnonzero(made.minute == 1500)
    made.count[burst] *= 50
    weights = minute_means(made, WINDOWS).weights
    assert weights[1500] == 2 * np.median(weights[1440:1560])


@pytest.mark.parametrize("level", [0.02, 0.5, 0.95])
def test_weighted_quantiles_are_those_of_repeated_values(level: float) -> None:
    chance = np.random.default_rng(3)
    values, counts = chance.normal(0, 1, 200), chance.integers(1, 9, 200).astype(float)
    repeated = np.repeat(values, counts.astype(int))
    expected = np.quantile(repeated, level, method="inverted_cdf")
    assert quantiles(values, counts, (level,))[0] == expected
