"""What must hold for any series at all."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echoline.errors import BadInput
from echoline.statistics.cohorts import compare_cohorts
from echoline.statistics.comparison import Comparison
from echoline.statistics.durations import compare_durations
from echoline.statistics.panel import compare_service
from echoline.statistics.rates import compare_rates
from echoline.statistics.series import DurationSeries, RateSeries
from echoline.statistics.tails import compare_tails
from echoline.statistics.windows import Windows

MINUTES = 60
SHORT = Windows(20, 40, 40, 60, warm_up=2)
durations = st.one_of(st.just(0.0), st.floats(1, 1e3), st.floats(1e6, 1e9), st.floats(0, 1e18))
rows = st.lists(st.tuples(st.integers(0, MINUTES - 1), durations), max_size=200)
amounts = st.lists(
    st.one_of(st.just(0.0), st.integers(0, 5).map(float), st.floats(0, 1e12)), min_size=MINUTES, max_size=MINUTES
)


def series(calls: list[tuple[int, float]]) -> DurationSeries:
    return DurationSeries.of_durations(MINUTES, [minute for minute, _ in calls], [length for _, length in calls])


def assert_says_numbers(answer: Comparison) -> None:
    """Each number is finite, probabilities lie in 0 to 1, the change in its interval, and a verdict has numbers."""
    for field in dataclasses.fields(answer):
        value = getattr(answer, field.name)
        assert not isinstance(value, float) or math.isfinite(value), field.name
    for change in (-0.999, -0.5, 0.0, 0.05, 1.0, 50.0):
        assert 0 <= answer.power(change) <= 1
    if answer.verdict == "not enough data":
        assert (answer.p, answer.change, answer.smallest_visible) == (None, None, None)
        assert answer.reasons
    else:
        assert answer.p is not None
        assert 0 <= answer.p <= 1
    if answer.low is not None and answer.high is not None:
        assert answer.low <= answer.high
    if answer.change is not None:
        assert answer.low is None or answer.low <= answer.change + 1e-9
        assert answer.high is None or answer.change <= answer.high + 1e-9


@given(rows, st.lists(rows, max_size=9))
@settings(max_examples=60, deadline=None)
def test_durations_and_tails_say_numbers_whatever_comes(
    calls: list[tuple[int, float]], others: list[list[tuple[int, float]]]
) -> None:
    controls = [series(each) for each in others]
    assert_says_numbers(compare_durations(series(calls), SHORT, controls))
    assert_says_numbers(compare_tails(series(calls), SHORT, controls))
    assert_says_numbers(compare_durations(series(calls * 20), SHORT, controls))
    assert_says_numbers(compare_tails(series(calls * 20), SHORT, controls))


@given(amounts, amounts, st.booleans())
@settings(max_examples=50, deadline=None)
def test_rates_say_numbers_whatever_comes(amount: list[float], exposure: list[float], counted: bool) -> None:
    assert_says_numbers(compare_rates(RateSeries.of(amount, exposure), SHORT, counted=counted))
    assert_says_numbers(compare_rates(RateSeries.per_minute(amount), SHORT, counted=counted))


@given(st.lists(rows, max_size=3), st.lists(rows, max_size=3))
@settings(max_examples=60, deadline=None)
def test_cohorts_say_numbers_whatever_comes(
    old: list[list[tuple[int, float]]], new: list[list[tuple[int, float]]]
) -> None:
    assert_says_numbers(compare_cohorts([series(each * 5) for each in old], [series(each * 5) for each in new]))


@given(st.lists(rows, max_size=6))
@settings(max_examples=30, deadline=None)
def test_services_say_numbers_whatever_comes(operations: list[list[tuple[int, float]]]) -> None:
    answer = compare_service({str(number): series(each * 5) for number, each in enumerate(operations)}, SHORT)
    for each in (*answer.durations.values(), *answer.tails.values(), answer.shift):
        assert_says_numbers(each)


def busy(seed: int, factor: float = 1.0) -> DurationSeries:
    chance = np.random.default_rng(seed)
    minute = np.repeat(np.arange(MINUTES), 12)
    return DurationSeries.of_durations(MINUTES, minute, np.exp(chance.normal(14, 0.4, len(minute))) * factor)


@given(st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_the_order_of_rows_and_of_controls_makes_no_difference(seed: int) -> None:
    made = busy(seed)
    places = np.random.default_rng(seed).permutation(len(made.minute))
    shuffled = DurationSeries(MINUTES, made.minute[places], made.log_ns[places], made.count[places])
    controls = [busy(number) for number in range(1, 5)]
    for compare in (compare_durations, compare_tails):
        first, second = compare(made, SHORT, controls), compare(shuffled, SHORT, controls[::-1])
        assert first.verdict == second.verdict != "not enough data"
        assert first.p == pytest.approx(second.p, rel=1e-6)
        assert first.change == pytest.approx(second.change, abs=1e-9)


@given(st.floats(1e-3, 1e6), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_the_unit_of_durations_makes_no_difference(factor: float, seed: int) -> None:
    first, second = (compare_durations(busy(seed, each), SHORT) for each in (1.0, factor))
    assert first.verdict == second.verdict
    assert first.change == pytest.approx(second.change, abs=1e-6)
    assert first.p == pytest.approx(second.p, rel=1e-4, abs=1e-9)
    assert first.before is not None
    assert second.before == pytest.approx(first.before * factor, rel=1e-6)


@given(st.floats(1e-6, 1e6), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_the_unit_of_sums_makes_no_difference(factor: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    amount, calls = chance.gamma(2, 1, MINUTES), chance.poisson(10, MINUTES)
    first, second = (compare_rates(RateSeries.of(amount * each, calls), SHORT, counted=False) for each in (1.0, factor))
    assert first.p == pytest.approx(second.p, rel=1e-6)
    assert first.change == pytest.approx(second.change, abs=1e-9)


@pytest.mark.parametrize("calls", [[], [(0, 1e6)], [(25, 1e6)] * 29 + [(50, 1e6)] * 500])
def test_empty_and_tiny_series_are_not_enough_data(calls: list[tuple[int, float]]) -> None:
    assert compare_durations(series(calls), SHORT).verdict == "not enough data"
    assert compare_tails(series(calls), SHORT).verdict == "not enough data"
    assert compare_cohorts([series(calls)], [series(calls)]).verdict == "not enough data"


def test_no_series_at_all_are_not_enough_data() -> None:
    assert compare_cohorts([], []).verdict == "not enough data"
    assert compare_service({}, SHORT).shift.verdict == "not enough data"
    assert compare_rates(RateSeries.of([], []), Windows(0, 0, 0, 0)).verdict == "not enough data"
    assert compare_durations(DurationSeries.of_durations(0, [], []), Windows(0, 0, 0, 0)).verdict == "not enough data"


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: DurationSeries.of_durations(10, [10], [1e6]), "not on a timeline of 10"),
        (lambda: DurationSeries.of_durations(10, [-1], [1e6]), "not on a timeline of 10"),
        (lambda: DurationSeries.of_durations(10, [1, 2], [1e6]), "one length"),
        (lambda: DurationSeries.of_durations(10, [1], [math.nan]), "finite"),
        (lambda: DurationSeries.in_buckets(10, [1], [700], [-1]), "not negative"),
        (lambda: DurationSeries.of_quantiles([1, 2], [[1.0]]), "row for each of 2 minutes"),
        (lambda: DurationSeries.of_mean_logs([1, 2], [1.0]), "a count and a mean"),
        (lambda: RateSeries.of([1], [1, 2]), "its base"),
        (lambda: RateSeries.of([math.inf], [1]), "finite"),
        (lambda: Windows(10, 5, 20, 30), "follow each other"),
        (lambda: Windows(0, 25, 20, 30), "follow each other"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_reason(build: "object", says: str) -> None:
    with pytest.raises(BadInput, match=says):
        build()  # type: ignore[operator]
