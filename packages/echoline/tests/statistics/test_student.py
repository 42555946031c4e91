import pytest
from scipy import stats

from echoline.statistics.student import StudentPower, quantile, smallest_visible, two_sided


def test_quantiles_and_probabilities_are_student_s() -> None:
    assert quantile(7.5, 0.995) == pytest.approx(stats.t.ppf(0.995, 7.5))
    assert two_sided(-2.0, 7.5) == pytest.approx(2 * stats.t.sf(2, 7.5))


def test_the_smallest_visible_change_is_found_in_four_of_five_cases() -> None:
    power = StudentPower(error=0.02, freedom=12, alpha=0.01).power
    seen = smallest_visible(power)
    assert seen is not None
    assert power(seen) == pytest.approx(0.8, abs=0.005)
    assert power(seen / 2) < 0.3


def test_an_error_too_large_hides_every_change() -> None:
    assert smallest_visible(StudentPower(error=5.0, freedom=8, alpha=0.01).power) is None


def test_without_any_error_what_counts_is_two_percent() -> None:
    power = StudentPower(error=0.0, freedom=8, alpha=0.01)
    assert (power.power(0.019), power.power(0.03)) == (0, 1)


def test_changes_against_the_course_of_the_service_must_be_larger() -> None:
    power = StudentPower(error=0.01, freedom=12, alpha=0.01, least_up=0.2)
    assert power.power(0.1) < 0.01
    assert power.power(-0.1) > 0.99
