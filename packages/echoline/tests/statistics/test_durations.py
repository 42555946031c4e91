import numpy as np
import pytest

from echoline.statistics.durations import compare_durations
from echoline.statistics.windows import Windows
from minutes import MINUTES, WINDOWS, calm, controls


def test_a_step_of_ten_percent_is_worse_and_measured() -> None:
    answer = compare_durations(calm(1, step=0.1), WINDOWS, controls())
    assert answer.verdict == "worse"
    assert answer.low is not None
    assert answer.high is not None
    assert answer.low < 0.1 < answer.high
    assert answer.change == pytest.approx(0.1, abs=0.03)
    assert answer.before == pytest.approx(1e7, rel=0.05)
    assert answer.calibrated
    assert answer.reasons == ()


def test_a_step_down_is_better() -> None:
    assert compare_durations(calm(2, step=-0.1), WINDOWS, controls()).verdict == "better"


def test_without_a_change_it_says_how_small_one_would_have_been_seen() -> None:
    answer = compare_durations(calm(3), WINDOWS, controls())
    assert answer.verdict == "unchanged"
    assert answer.smallest_visible is not None
    assert 0.02 < answer.smallest_visible < 0.08
    assert answer.power(answer.smallest_visible) == pytest.approx(0.8, abs=0.01)


def test_what_slows_the_whole_service_is_not_laid_on_one_operation() -> None:
    course = np.where(np.arange(MINUTES) >= 1580, 0.3, 0.0)
    alone = compare_durations(calm(4, course=course), WINDOWS)
    among = compare_durations(calm(4, course=course), WINDOWS, controls(course))
    assert (alone.verdict, among.verdict) == ("worse", "unchanged")


def test_an_operation_that_did_not_move_is_not_blamed_when_the_others_did() -> None:
    course = np.where(np.arange(MINUTES) >= 1560, 0.3, 0.0)
    answer = compare_durations(calm(5), WINDOWS, controls(course))
    assert answer.verdict == "unchanged"
    assert any("other operations moved" in reason for reason in answer.reasons)


def test_changed_controls_do_not_make_the_innocent_look_changed() -> None:
    changed = [calm(200 + number, step=0.2) for number in range(2)]
    answer = compare_durations(calm(6), WINDOWS, [*changed, *controls(count=6)])
    assert answer.verdict == "unchanged"
    assert answer.change == pytest.approx(0, abs=0.03)


def test_warm_up_is_left_out() -> None:
    course = np.where((np.arange(MINUTES) >= 1560) & (np.arange(MINUTES) < 1570), 2.0, 0.0)
    assert compare_durations(calm(7, course=course), WINDOWS, controls()).verdict == "unchanged"


def test_few_calls_are_not_enough_data() -> None:
    answer = compare_durations(calm(8, calls=0.15), WINDOWS, controls())
    assert answer.verdict == "not enough data"
    assert answer.change is None
    assert "30 are needed" in answer.reasons[0]
    assert answer.power(1.0) == 0


def test_few_minutes_are_not_enough_data() -> None:
    answer = compare_durations(calm(9), Windows(1550, 1560, 1560, 1575), controls())
    assert answer.verdict == "not enough data"
    assert "minutes" in answer.reasons[0]


def test_without_controls_or_history_an_answer_is_uncalibrated_and_says_why() -> None:
    answer = compare_durations(calm(10, minutes=240, at=120), Windows(0, 120, 120, 240))
    assert not answer.calibrated
    assert [reason.split(":")[0] for reason in answer.reasons] == ["uncalibrated", "uncalibrated"]


def test_history_that_wanders_makes_a_step_less_believable() -> None:
    chance = np.random.default_rng(11)
    wandering = np.repeat(chance.normal(0, 0.1, MINUTES // 120), 120)
    wandering[1440:] = 0
    calmly = compare_durations(calm(11, step=0.1), WINDOWS, controls())
    anxious = compare_durations(calm(11, step=0.1, course=wandering), WINDOWS, controls())
    assert (calmly.verdict, anxious.verdict) == ("worse", "unchanged")
    assert calmly.smallest_visible is not None
    assert anxious.smallest_visible is not None
    assert calmly.smallest_visible * 2 < anxious.smallest_visible
