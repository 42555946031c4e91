import numpy as np
import pytest

from echoline.statistics.controls import course
from echoline.statistics.series import Floats
from echoline.statistics.winsorising import MinuteMeans
from minutes import MINUTES, WINDOWS


def control(seed: int, step: float = 0.0, silent: slice = slice(0, 0)) -> MinuteMeans:
    values: Floats = np.random.default_rng(seed).normal(5 + seed, 0.02, MINUTES)
    values[1560:] += step
    calls = np.full(MINUTES, 10.0)
    calls[silent] = 0
    return MinuteMeans(values, calls, calls)


def step(values: Floats) -> float:
    return float(values[1570:].mean() - values[1440:1560].mean())


def test_the_course_is_what_all_controls_have_in_common() -> None:
    made = course([control(number, 0.3) for number in range(8)], WINDOWS, MINUTES)
    assert made.controls == 8
    assert step(made.values) == pytest.approx(0.3, abs=0.01)
    assert float(made.values[1440:1560].mean()) == pytest.approx(0, abs=0.01)


def test_changed_controls_do_not_bend_the_course() -> None:
    changed = [control(number, 0.1) for number in range(3)]
    made = course([*changed, *(control(number) for number in range(3, 8))], WINDOWS, MINUTES)
    assert step(made.values) == pytest.approx(0, abs=0.005)


def test_three_controls_are_too_few_to_tell_of_a_service() -> None:
    made = course([control(number, 0.3) for number in range(3)], WINDOWS, MINUTES)
    assert made.controls == 0
    assert not made.values.any()


def test_controls_that_are_mostly_silent_are_none() -> None:
    quiet = [control(number, silent=slice(1560, 1630)) for number in range(8)]
    assert course(quiet, WINDOWS, MINUTES).controls == 0


def test_minutes_in_which_no_control_was_called_weigh_nothing() -> None:
    made = course([control(number, silent=slice(1450, 1460)) for number in range(8)], WINDOWS, MINUTES)
    assert np.flatnonzero(~made.known).tolist() == list(range(1450, 1460))
    assert not made.adjust(control(9)).weights[1450:1460].any()
