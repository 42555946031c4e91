import numpy as np
import pytest

from echoline.statistics.durations import compare_durations
from echoline.statistics.series import DurationSeries, Floats, Ints, RateSeries
from echoline.statistics.tails import compare_tails
from minutes import MINUTES, WINDOWS, controls

LOGS = np.random.default_rng(1).normal(np.log(1e7), 0.3, MINUTES * 20) + np.log(1.1) * (
    np.arange(MINUTES * 20) >= 1560 * 20
)
MINUTE: Ints = np.repeat(np.arange(MINUTES), 20)
NS: Floats = np.exp(LOGS)


def in_buckets() -> DurationSeries:
    return DurationSeries.in_buckets(MINUTES, MINUTE, np.floor(LOGS / np.log(1.02)), np.ones(len(LOGS)))


def of_quantiles(levels: int) -> DurationSeries:
    places = (np.arange(levels) + 0.5) / levels
    quantiles = np.quantile(NS.reshape(MINUTES, 20), places, axis=1).T
    return DurationSeries.of_quantiles(np.full(MINUTES, 20), quantiles)


def test_buckets_quantiles_and_single_calls_say_nearly_the_same() -> None:
    exact = compare_durations(DurationSeries.of_durations(MINUTES, MINUTE, NS), WINDOWS, controls())
    assert exact.change is not None
    for series in (in_buckets(), of_quantiles(20)):
        answer = compare_durations(series, WINDOWS, controls())
        assert answer.change == pytest.approx(exact.change, abs=0.004)
        assert answer.smallest_visible == pytest.approx(exact.smallest_visible, rel=0.15)


def test_buckets_and_a_hundred_quantiles_tell_of_the_tail() -> None:
    exact = compare_tails(DurationSeries.of_durations(MINUTES, MINUTE, NS), WINDOWS, controls())
    assert exact.after is not None
    for series in (in_buckets(), of_quantiles(100)):
        assert compare_tails(series, WINDOWS, controls()).after == pytest.approx(exact.after, rel=0.15)


def test_means_by_minute_tell_of_the_usual_call_but_not_of_the_tail() -> None:
    series = DurationSeries.of_mean_logs(np.full(MINUTES, 20), LOGS.reshape(MINUTES, 20).mean(axis=1))
    assert compare_durations(series, WINDOWS, controls()).change == pytest.approx(0.1, abs=0.03)
    answer = compare_tails(series, WINDOWS, controls())
    assert answer.verdict == "not enough data"
    assert "nothing of the tail" in answer.reasons[0]


def test_rows_of_one_minute_and_bucket_add_up() -> None:
    halves = in_buckets()
    twice = DurationSeries(MINUTES, np.tile(halves.minute, 2), np.tile(halves.log_ns, 2), np.tile(halves.count / 2, 2))
    first, second = (compare_durations(each, WINDOWS, controls()) for each in (halves, twice))
    assert first.p == pytest.approx(second.p)
    assert first.calls_before == second.calls_before


def test_minutes_without_calls_have_no_quantiles() -> None:
    series = DurationSeries.of_quantiles([0, 2], [[np.nan, np.nan], [1e6, 2e6]])
    assert series.minute.tolist() == [1, 1]
    assert series.count.sum() == 2


def test_rates_per_minute_are_counted_against_minutes() -> None:
    assert RateSeries.per_minute([3, 4]).exposure.tolist() == [1, 1]
