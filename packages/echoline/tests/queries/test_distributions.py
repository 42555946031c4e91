import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.queries.distributions import KEY_ZERO, Buckets, explicit, exponential, joined

BOUNDS = st.lists(st.integers(-50, 50), min_size=1, max_size=8, unique=True).map(sorted)


def test_values_are_spread_over_their_bucket() -> None:
    found = explicit([10, 20], [0, 1], [10, 10], None, None)
    assert [found.percentile(share) for share in (0.25, 0.5, 0.75, 1.0)] == [5, 10, 15, 20]


def test_the_last_bucket_ends_at_the_largest_value_or_at_its_bound() -> None:
    assert explicit([10], [1], [4], None, None).percentile(0.99) == 10
    assert explicit([10], [1], [4], None, 30).percentile(0.5) == 20


def test_no_value_is_outside_the_extremes() -> None:
    assert explicit([10, 20], [1], [4], 12, 14).percentile(0.5) == 13


def test_without_values_there_is_no_percentile() -> None:
    assert explicit([10], [0, 1], [0, 0], None, None).percentile(0.5) is None
    assert explicit([], [], [], None, None).percentile(0.5) is None


def test_a_histogram_without_bounds_lies_between_its_extremes() -> None:
    assert explicit([], [0], [4], 2, 4).percentile(0.5) == 3


def test_histograms_with_other_bounds_can_be_joined() -> None:
    one, other = explicit([10], [0], [10], None, None), explicit([20], [0], [10], None, None)
    assert joined([one, other]).percentile(0.75) == 10


@pytest.mark.parametrize("scale", [-2, 0, 3, 20])
def test_an_exponential_bucket_holds_its_values(scale: int) -> None:
    base = 2 ** (2**-scale)
    for value in (0.001, 1.5, 7, 12_345.678):
        index = math.ceil(math.log(value, base)) - 1
        found = exponential(scale, [KEY_ZERO + index], [1], None, None)
        assert found.lows[0] * (1 - 1e-9) <= value <= found.highs[0] * (1 + 1e-9)


def test_negative_and_zero_buckets_are_in_order() -> None:
    found = exponential(0, [KEY_ZERO, 0, -KEY_ZERO], [1, 1, 1], None, None)
    assert [found.percentile(share) for share in (1 / 6, 0.5, 1.0)] == [-1.5, 0, 2]


@pytest.mark.parametrize("scale", [-2_000_000_000, 2_000_000_000, -11])
def test_senseless_scales_do_no_harm(scale: int) -> None:
    found = exponential(scale, [KEY_ZERO + 5, -(KEY_ZERO + 5), KEY_ZERO - 5], [1, 1, 1], None, None).percentile(0.9)
    assert found is not None
    assert math.isfinite(found)


@given(BOUNDS, st.data())
def test_percentiles_are_those_of_evenly_spread_values(bounds: list[int], data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(0, 20), min_size=len(bounds) + 1, max_size=len(bounds) + 1))
    share = data.draw(st.floats(0.01, 1))
    found = explicit(bounds, range(len(counts)), counts, -60, 60).percentile(share)
    ranges = zip(pairwise([-60, *bounds, 60]), counts, strict=True)
    spread = [np.linspace(low, high, 1000 * count + 1)[1::2] for (low, high), count in ranges]
    values = np.sort(np.concatenate(spread))
    if not len(values):
        assert found is None
        return
    assert found is not None
    near = values[min(len(values) - 1, max(0, math.ceil(share * len(values)) - 1))]
    below, above = np.mean(values <= found + 1e-6), np.mean(values < found - 1e-6)
    assert above <= share + 1e-3
    assert below >= share - 1e-3 or abs(found - near) < 1


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0, 5), st.integers(0, 9)), min_size=1, max_size=9))
def test_percentiles_rise_with_the_share(parts: list[tuple[float, float, int]]) -> None:
    lows, widths, counts = (np.array(column, np.float64) for column in zip(*parts, strict=True))
    found = [Buckets(lows, lows + widths, counts).percentile(share / 20) for share in range(1, 21)]
    if found[0] is None:
        assert counts.sum() == 0
        return
    assert all(one is not None and other is not None and one <= other + 1e-9 for one, other in pairwise(found))


def test_a_bucket_of_next_to_no_width_is_counted() -> None:
    narrow = Buckets(np.array([0.0, 0.0]), np.array([1.0, 2.2e-313]), np.array([1.0, 1.0]))
    assert narrow.percentile(0.5) == pytest.approx(0.0)
    assert narrow.percentile(1.0) == 1.0
