import pytest

from echoline.statistics.judging import EXCUSE, Measured, Scale, judge
from echoline.statistics.long_run import Difference

MEASURED = Measured(1.0, 1.1, 100, 100)


def test_less_than_two_percent_is_not_told_however_sure() -> None:
    answer = judge(MEASURED, Difference(0.015, 1e-8, 12), 0.01, calibrated=True)
    assert answer.p is not None
    assert answer.p < 1e-9
    assert answer.verdict == "unchanged"


def test_an_operation_that_stood_still_while_all_others_moved_is_excused() -> None:
    answer = judge(MEASURED, Difference(0.3, 1e-4, 12), 0.01, calibrated=True, drift=-0.3)
    assert (answer.verdict, answer.reasons) == ("unchanged", (EXCUSE,))


def test_parts_of_the_value_before_are_changes_on_a_linear_scale() -> None:
    answer = judge(MEASURED, Difference(0.02, 1e-6, 12), 0.01, Scale(0.05, linear=True), calibrated=True)
    assert answer.change == pytest.approx(0.4)
    assert answer.low is not None
    assert answer.high is not None
    assert answer.low < 0.4 < answer.high
