"""Rates and increases against the plainest possible computation of the same."""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batches import Item, of, point
from echoline.model.answers_metrics import SeriesSet
from echoline.model.instants import nanoseconds
from echoline.model.window import Window
from echoline.queries.metric_rows import MetricFilter
from echoline.queries.series import series
from kept import keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

SECOND_NS = 10**9
SINCE_NS = 1_795_294_800 * SECOND_NS  # a whole hour
NAMES = (f"requests.{n}" for n in itertools.count())
SOME = settings(
    max_examples=10, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@dataclass(frozen=True)
class Point:
    """A cumulative point: seconds since the start of the window, the start of its epoch, its value."""

    at_s: float
    epoch_s: float | None
    value: float
    series: int = 0


def kept(engine: "Engine", points: Sequence[Point], temporality: int = 2) -> str:
    name = next(NAMES)
    metric = of(name=name, type=2, temporality=temporality, is_monotonic=True, unit="{request}")
    keep(engine, "metrics", *(as_item(each, metric) for each in points))
    return name


def as_item(each: Point, metric: Item) -> Item:
    start_ns = 0 if each.epoch_s is None else SINCE_NS + round(each.epoch_s * SECOND_NS)
    time_ns = SINCE_NS + round(each.at_s * SECOND_NS)
    return point(each.value, metric=metric, start_ns=start_ns, time_ns=time_ns, attributes={"n": each.series})


def asked(engine: "Engine", name: str, function: str, step_s: int, length_s: int = 600) -> SeriesSet:
    window = Window(SINCE_NS, SINCE_NS + length_s * SECOND_NS)
    return series(engine, window, MetricFilter(name), function=function, step_ns=step_s * SECOND_NS)


def values(found: SeriesSet) -> dict[int, float]:
    """By the second at which the step starts."""
    (line,) = found.items
    return {(nanoseconds(each.time) - SINCE_NS) // SECOND_NS: each.value or 0.0 for each in line.points}


def stretches(points: Sequence[Point]) -> list[tuple[float, float, float]]:
    """(from, to, gain) of each pair of neighbours, as the docstring of the module says it."""
    found, chains = list[tuple[float, float, float]](), defaultdict[object, list[Point]](list)
    for each in points:
        chains[each.series, each.epoch_s].append(each)
    for chain in chains.values():
        ordered = sorted(chain, key=lambda each: (each.at_s, each.value))
        first, epoch_s = ordered[0], ordered[0].epoch_s
        if epoch_s is not None and -900 <= epoch_s < first.at_s:
            found.append((epoch_s, first.at_s, first.value))
        for one, other in itertools.pairwise(ordered):
            gain = other.value - one.value if other.value >= one.value else other.value
            found.append((one.at_s, other.at_s, gain))
    return [each for each in found if each[1] > each[0]]


def expected(points: Sequence[Point], step_s: int, length_s: int = 600) -> dict[int, tuple[float, float]]:
    """Increase and covered seconds by step."""
    found = dict[int, tuple[float, float]]()
    for step in range(0, length_s, step_s):
        parts = [(max(a, step), min(b, step + step_s), gain / (b - a)) for a, b, gain in stretches(points)]
        parts = [each for each in parts if each[1] > each[0]]
        if parts:
            covered_s = max(end for _, end, _ in parts) - min(begin for begin, _, _ in parts)
            found[step] = sum((end - begin) * speed for begin, end, speed in parts), covered_s
    return found


@st.composite
def counters(draw: st.DrawFn, falls_without_start: bool = True) -> list[Point]:
    """Some series with resets (a new start, or only a fall), gaps, repeats."""
    found = list[Point]()
    for number in range(draw(st.integers(1, 3))):
        at_s, value = draw(st.integers(-200, 100)), 0
        epoch_s: float | None = draw(st.sampled_from([None, at_s, at_s - 50, -5000]))
        for _ in range(draw(st.integers(1, 20))):
            if draw(st.integers(0, 9)) == 0 and (falls_without_start or epoch_s is not None):
                value = 0
                epoch_s = None if epoch_s is None else at_s - 1
            value += draw(st.integers(0, 9))
            found.append(Point(at_s, epoch_s, value, number))
            at_s += draw(st.sampled_from([7, 10, 10, 10, 35, 150]))
    return [each for each in found if each.at_s < 600]


def assert_is_as_expected(engine: "Engine", points: list[Point], step_s: int) -> None:
    name, wanted = kept(engine, points), expected(points, step_s)
    increase, rate = asked(engine, name, "increase", step_s), asked(engine, name, "rate", step_s)
    assert values(increase) == pytest.approx({step: gain for step, (gain, _) in wanted.items()}, abs=1e-6)
    assert values(rate) == pytest.approx({step: gain / covered for step, (gain, covered) in wanted.items()}, abs=1e-6)


@SOME
@given(points=counters().flatmap(st.permutations), step_s=st.sampled_from([10, 30, 100]))
def test_increases_and_rates_are_the_plainly_computed_ones(engine: "Engine", points: list[Point], step_s: int) -> None:
    """Whatever the order in which points come."""
    if any(each.at_s >= 0 for each in points):
        assert_is_as_expected(engine, points, step_s)


@SOME
@given(points=counters(falls_without_start=False), step_s=st.sampled_from([60, 300]))
def test_rollups_give_the_same_for_whole_minutes(engine: "Engine", points: list[Point], step_s: int) -> None:
    if any(each.at_s >= 0 for each in points):
        assert_is_as_expected(engine, points, step_s)


def test_hours_tell_what_minutes_tell(engine: "Engine") -> None:
    epochs = {at: -1000 if at < 5000 else 5000 for at in range(-600, 10_800, 137)}
    points = [Point(at, epoch_s, at - epoch_s) for at, epoch_s in epochs.items()]
    name = kept(engine, points)
    by_minute, by_hour = (values(asked(engine, name, "increase", step_s, 10_800)) for step_s in (60, 3600))
    hours = {hour: sum(by_minute.get(hour + minute, 0) for minute in range(0, 3600, 60)) for hour in (0, 3600, 7200)}
    assert by_hour == pytest.approx(hours)


def test_a_gap_stays_visible_as_an_even_rate_and_a_pause_between_epochs_as_none(engine: "Engine") -> None:
    points = [Point(0, -1000, 100), Point(120, -1000, 220), Point(480, 420, 60)]
    assert values(asked(engine, kept(engine, points), "rate", 60)) == {0: 1, 60: 1, 420: 1}


def test_a_restart_counts_from_nothing(engine: "Engine") -> None:
    points = [Point(0, -1000, 100), Point(60, -1000, 110), Point(120, 90, 5)]
    assert sum(values(asked(engine, kept(engine, points), "increase", 60)).values()) == pytest.approx(15)


def test_a_fall_without_a_new_start_counts_the_whole_value(engine: "Engine") -> None:
    points = [Point(0, None, 100), Point(60, None, 110), Point(120, None, 5)]
    assert sum(values(asked(engine, kept(engine, points), "increase", 60)).values()) == pytest.approx(15)


def test_a_first_point_of_unknown_past_is_no_increase(engine: "Engine") -> None:
    """A start of 0, one that is the point's own time, and one from before anybody looked."""
    for epoch_s in (None, 30.0, -100_000.0):
        assert asked(engine, kept(engine, [Point(30, epoch_s, 50)]), "increase", 60).items[0].points == ()


_WORKERS = ((-2000.0, 5000), (-3000.0, 10))


def test_processes_that_share_a_name_are_told_apart_by_their_start(engine: "Engine") -> None:
    points = [
        Point(at, epoch, base + at) for at in range(0, 301, 60) for epoch, base in ((-2000.0, 5000), (-3000.0, 10))
    ]
    assert values(asked(engine, kept(engine, points), "rate", 60)) == pytest.approx(dict.fromkeys(range(0, 300, 60), 2))


@pytest.mark.parametrize("step_s", [10, 60])
def test_increases_sent_as_such_are_spread_over_their_time(engine: "Engine", step_s: int) -> None:
    points = [Point(at, at - 60, 60) for at in range(60, 301, 60)]
    found = values(asked(engine, kept(engine, points, temporality=1), "rate", step_s))
    assert sum(found.values()) * step_s == pytest.approx(300, rel=0.01)


def test_an_increase_sent_without_a_start_counts_at_its_time(engine: "Engine") -> None:
    found = asked(engine, kept(engine, [Point(65, None, 7)], temporality=1), "increase", 30)
    assert values(found) == {60: 7}
