import numpy as np
import pytest

from echoline.statistics.long_run import cosines, difference, scores
from echoline.statistics.windows import Windows
from noise import wandering

WINDOWS = Windows(0, 120, 120, 240, warm_up=0)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.8])
def test_the_error_of_a_difference_is_as_large_as_it_really_varies(correlation: float) -> None:
    chance = np.random.default_rng(1)
    ones = np.ones(240)
    found = [difference(wandering(chance, correlation, 1.0, 240), ones, WINDOWS) for _ in range(400)]
    real = float(np.var([each.value for each in found]))
    stated = float(np.mean([each.variance for each in found]))
    # Rather too large than too small: the larger of two estimates counts.
    assert 0.8 < stated / real < 1.8


def test_minutes_without_calls_add_nothing() -> None:
    assert scores(np.array([1.0, 99.0, 3.0]), np.array([1.0, 0.0, 1.0])).tolist() == [-1.5, 0.0, 1.5]
    assert scores(np.ones(3), np.zeros(3)).tolist() == [0, 0, 0]


def test_longer_windows_bear_more_cosines() -> None:
    assert [cosines(minutes) for minutes in (15, 30, 60, 120)] == [4, 5, 6, 8]
