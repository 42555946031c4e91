import numpy as np
import pytest

from echoline.statistics.long_run import Difference
from echoline.statistics.placebos import inflated

NOW = Difference(0.1, 0.01**2, 12)


def test_a_past_as_calm_as_the_present_makes_the_error_surer() -> None:
    surer = inflated(NOW, np.full(11, 0.01**2))
    assert surer.variance == pytest.approx(NOW.variance)
    assert surer.freedom > NOW.freedom
    assert inflated(NOW, np.full(11, 0.005**2)).variance < NOW.variance


def test_a_past_that_varied_more_widens_the_error() -> None:
    wider = inflated(NOW, np.random.default_rng(1).normal(0, 0.05, 11) ** 2)
    assert wider.value == NOW.value
    assert wider.variance > 0.02**2
    assert wider.freedom < 12


def test_one_earlier_deployment_does_not_hide_the_next() -> None:
    squares = np.append(np.random.default_rng(2).normal(0, 0.008, 10) ** 2, 0.5**2)
    assert inflated(NOW, squares).variance < 3 * NOW.variance
