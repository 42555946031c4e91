import numpy as np
import pytest

from echoline.statistics.rates import compare_rates
from echoline.statistics.series import RateSeries
from echoline.statistics.windows import Windows
from minutes import MINUTES, WINDOWS

CALLS = np.full(MINUTES, 20.0)
AFTER = np.arange(MINUTES) >= 1560


def errors(seed: int, rate: float, times: float = 1.0) -> RateSeries:
    """Errors among 20 calls a minute, `times` as many from minute 1560 on."""
    chance = np.random.default_rng(seed)
    return RateSeries.of(chance.poisson(CALLS * rate * np.where(AFTER, times, 1.0)), CALLS)


def test_twice_the_errors_are_worse_and_measured() -> None:
    answer = compare_rates(errors(1, 0.1, 2.0), WINDOWS)
    assert answer.verdict == "worse"
    assert answer.before == pytest.approx(0.1, rel=0.2)
    assert answer.low is not None
    assert answer.high is not None
    assert answer.low < 1.0 < answer.high
    assert answer.calibrated


def test_few_errors_are_counted_exactly() -> None:
    before, after = np.zeros(MINUTES), np.zeros(MINUTES)
    before[[1450, 1500]] = 1
    after[1580:1660:5] = 1
    answer = compare_rates(RateSeries.of(before + after, CALLS), WINDOWS)
    assert answer.verdict == "worse"
    # 16 of 18 events in the later 110 of 230 minutes: binomial, mid-p.
    assert answer.p == pytest.approx(0.0004, abs=0.0002)


def test_no_errors_at_all_are_unchanged_and_say_how_many_would_have_been_seen() -> None:
    answer = compare_rates(RateSeries.of(np.zeros(MINUTES), CALLS), WINDOWS)
    assert answer.verdict == "unchanged"
    assert (answer.before, answer.after, answer.change) == (0, 0, None)
    assert answer.p == 1
    assert answer.reasons == ("7 events in the later window would have been flagged",)


def test_the_first_errors_ever_are_worse_without_a_ratio() -> None:
    found = np.where(AFTER & (np.arange(MINUTES) % 5 == 0), 1.0, 0.0)
    answer = compare_rates(RateSeries.of(found, CALLS), WINDOWS)
    assert answer.verdict == "worse"
    assert (answer.change, answer.high) == (None, None)
    assert answer.low is not None
    assert answer.low > 0


def test_more_is_better_where_it_is_said_so() -> None:
    assert compare_rates(errors(2, 0.3, 0.5), WINDOWS).verdict == "better"
    assert compare_rates(errors(2, 0.3, 0.5), WINDOWS, better="higher").verdict == "worse"


def test_one_more_query_a_request_is_seen_at_once() -> None:
    answer = compare_rates(RateSeries.of(CALLS * np.where(AFTER, 4, 3), CALLS), WINDOWS)
    assert answer.verdict == "worse"
    assert (answer.before, answer.after) == (3, 4)
    assert answer.change == pytest.approx(1 / 3)


def test_sums_are_compared_whatever_their_size() -> None:
    chance = np.random.default_rng(3)
    cpu = CALLS * chance.normal(1e6, 3e4, MINUTES) * np.where(AFTER, 1.1, 1.0)
    answer = compare_rates(RateSeries.of(cpu, CALLS), WINDOWS, counted=False)
    assert answer.verdict == "worse"
    assert answer.change == pytest.approx(0.1, abs=0.02)


def test_a_rate_that_wandered_before_is_not_believed_to_have_changed() -> None:
    chance = np.random.default_rng(4)
    level = np.repeat(np.exp(chance.normal(0, 0.5, MINUTES // 120)), 120)
    level[1440:1560], level[1560:] = 1.0, 1.6
    series = RateSeries.of(chance.poisson(CALLS * 0.1 * level), CALLS)
    short = RateSeries.of(series.amount[1440:], series.exposure[1440:])
    assert compare_rates(short, Windows(0, 120, 120, 240)).verdict == "worse"
    assert compare_rates(series, WINDOWS).verdict == "unchanged"


def test_few_calls_are_not_enough_data() -> None:
    answer = compare_rates(RateSeries.of(np.ones(MINUTES), np.full(MINUTES, 0.1)), WINDOWS)
    assert answer.verdict == "not enough data"
    assert "30 are needed" in answer.reasons[0]
