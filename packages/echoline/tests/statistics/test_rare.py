import numpy as np
import pytest
from scipy import stats

from echoline.statistics.rare import RarePower, overdispersion, upper
from echoline.statistics.series import RateSeries
from minutes import MINUTES, WINDOWS


@pytest.mark.parametrize(("later", "before", "share"), [(3, 5, 0.4), (0, 4, 0.5), (7, 0, 0.5), (12, 1, 0.9)])
def test_mid_p_is_that_of_the_binomial_distribution(later: int, before: int, share: float) -> None:
    binomial = stats.binom(later + before, share)
    expected = binomial.sf(later) + binomial.pmf(later) / 2
    assert upper(np.array([later]), np.array([before]), share)[0] == pytest.approx(expected)


def test_power_grows_with_the_change_either_way() -> None:
    power = RarePower(8, 1.0, 0.01)
    up = [power.power(change) for change in (0.0, 1.0, 3.0, 9.0, 50.0)]
    assert up == sorted(up)
    assert up[0] < 0.01
    assert up[-1] > 0.99
    assert RarePower(18, 1.0, 0.01).power(-0.99) > RarePower(18, 1.0, 0.01).power(-0.5)


def test_events_that_come_in_groups_count_less() -> None:
    chance = np.random.default_rng(1)
    calls = np.full(MINUTES, 20.0)
    single = RateSeries.of(chance.poisson(0.1, MINUTES), calls)
    grouped = RateSeries.of(8 * chance.poisson(0.0125, MINUTES), calls)
    assert overdispersion(single, WINDOWS) < 1.5
    assert overdispersion(grouped, WINDOWS) > 4
