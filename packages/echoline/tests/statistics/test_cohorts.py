import numpy as np
import pytest

from echoline.statistics.cohorts import compare_cohorts
from echoline.statistics.durations import compare_durations
from echoline.statistics.series import DurationSeries
from echoline.statistics.windows import Windows
from minutes import calm

COURSE = np.where(np.arange(60) >= 20, 0.5, 0.0)


def instance(seed: int, step: float = 0.0, calls: float = 10) -> DurationSeries:
    """One instance over an hour in which the machine becomes half as slow again."""
    return calm(seed, step=step, calls=calls, minutes=60, at=0, course=COURSE)


def test_a_slower_release_is_seen_beside_the_old_one() -> None:
    answer = compare_cohorts([instance(1), instance(2), instance(3)], [instance(n, 0.15) for n in (4, 5, 6)])
    assert answer.verdict == "worse"
    assert answer.change == pytest.approx(0.15, abs=0.04)
    assert answer.calibrated


def test_what_happens_to_both_in_the_same_minute_is_no_change() -> None:
    old, new = [instance(1), instance(2)], [instance(3), instance(4)]
    assert compare_cohorts(old, new).verdict == "unchanged"
    assert compare_durations(instance(1), Windows(0, 20, 20, 60)).verdict == "worse"


def test_one_odd_instance_does_not_make_a_release_worse() -> None:
    odd = [instance(4), instance(5), instance(6, 0.6)]
    answer = compare_cohorts([instance(1), instance(2), instance(3)], odd)
    assert answer.verdict == "unchanged"
    alone = compare_cohorts([instance(1)], [instance(6, 0.6)])
    assert alone.verdict == "worse"
    assert not alone.calibrated
    assert "odd machine" in alone.reasons[0]


def test_the_warm_up_of_new_instances_is_left_out() -> None:
    starting = calm(5, minutes=60, at=0, course=np.where(np.arange(60) < 20, 2.0, 0.0), calls=30)
    there = starting.minute >= 12
    late = DurationSeries(60, starting.minute[there], starting.log_ns[there], starting.count[there])
    steady = calm(6, minutes=60, at=0, calls=30)
    hot, warm = (compare_cohorts([steady], [late], warm_up=minutes) for minutes in (0, 10))
    assert hot.change is not None
    assert hot.change > 0.2
    assert warm.change == pytest.approx(0, abs=0.03)


def test_without_common_minutes_there_is_not_enough_data() -> None:
    made = instance(1)
    first, last = ((made.minute < 30), (made.minute >= 30))
    sides = [DurationSeries(60, made.minute[part], made.log_ns[part], made.count[part]) for part in (first, last)]
    answer = compare_cohorts(sides[:1], sides[1:])
    assert answer.verdict == "not enough data"
    assert "0 minutes in which both ran" in answer.reasons[0]
