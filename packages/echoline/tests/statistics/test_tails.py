import numpy as np
import pytest

from echoline.statistics.series import DurationSeries
from echoline.statistics.tails import compare_tails
from minutes import MINUTES, WINDOWS, calm, controls


def with_slow_calls(seed: int, share: float) -> DurationSeries:
    """From minute 1560 on, some calls take four times as long."""
    made = calm(seed)
    hit = (made.minute >= 1560) & (np.random.default_rng(seed).random(len(made.minute)) < share)
    return DurationSeries(MINUTES, made.minute, made.log_ns + np.log(4) * hit, made.count)


def test_a_few_slow_calls_more_make_a_worse_tail() -> None:
    answer = compare_tails(with_slow_calls(1, 0.05), WINDOWS, controls())
    assert answer.verdict == "worse"
    assert answer.before is not None
    assert answer.after is not None
    assert answer.before < 0.05 < answer.after
    assert answer.change == pytest.approx(answer.after / answer.before - 1)


def test_the_same_tail_is_unchanged_and_says_what_would_have_been_seen() -> None:
    answer = compare_tails(with_slow_calls(2, 0.0), WINDOWS, controls())
    assert answer.verdict == "unchanged"
    assert answer.smallest_visible is not None
    assert answer.power(answer.smallest_visible) == pytest.approx(0.8, abs=0.01)


def test_what_slows_the_whole_service_makes_no_tail() -> None:
    course = np.where(np.arange(MINUTES) >= 1580, 0.4, 0.0)
    assert compare_tails(calm(3, course=course), WINDOWS).verdict == "worse"
    assert compare_tails(calm(3, course=course), WINDOWS, controls(course)).verdict == "unchanged"


def test_the_tail_needs_more_calls_than_the_usual_call_does() -> None:
    answer = compare_tails(calm(4, calls=1), WINDOWS, controls())
    assert answer.verdict == "not enough data"
    assert "200" in answer.reasons[0]
