"""Percentiles of histograms of both kinds, from values that were really counted."""

import bisect
import itertools
import math
import operator
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from batches import Item, of, point
from echoline.model.answers_metrics import SeriesSet
from echoline.model.window import Window
from echoline.queries.metric_rows import MetricFilter
from echoline.queries.series import series
from kept import keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

SECOND_NS = 10**9
SINCE_NS = 1_795_294_800 * SECOND_NS
HOUR = Window(SINCE_NS, SINCE_NS + 3600 * SECOND_NS)
BOUNDS = [float(n) for n in range(10, 200, 10)]
NAMES = (f"duration.{n}" for n in itertools.count())
EXPLICIT, EXPONENTIAL = 3, 4


def measured(seed: int, count: int = 400) -> list[float]:
    chance = random.Random(seed)
    return [chance.lognormvariate(4, 0.5) for _ in range(count)]


def explicit_point(values: Sequence[float], bounds: Sequence[float] = BOUNDS) -> dict[str, Any]:
    counts = [0] * (len(bounds) + 1)
    for value in values:
        counts[bisect.bisect_left(bounds, value)] += 1
    return {
        "bounds": list(bounds),
        "bucket_counts": counts,
        "count": len(values),
        "sum": sum(values),
        "value_double": None,
    }


def exponential_point(values: Sequence[float], scale: int) -> dict[str, Any]:
    indexes = [math.ceil(math.log2(value) * 2**scale) - 1 for value in values]
    offset = min(indexes, default=0)
    counts = [0] * (max(indexes, default=0) - offset + 1)
    for index in indexes:
        counts[index - offset] += 1
    return {
        "scale": scale,
        "positive_offset": offset,
        "positive_counts": counts,
        "zero_count": 0,
        "negative_offset": 0,
        "negative_counts": [],
        "zero_threshold": 0.0,
        "count": len(values),
        "sum": sum(values),
        "value_double": None,
    }


def at(seconds: float, held: dict[str, Any], metric: Item, epoch_s: float = -100, pod: str = "a") -> Item:
    times = {"time_ns": SINCE_NS + round(seconds * SECOND_NS), "start_ns": SINCE_NS + round(epoch_s * SECOND_NS)}
    return point(metric=metric, attributes={"pod": pod}, **times, **held)


def metric(kind: int, temporality: int) -> Item:
    return of(name=next(NAMES), type=kind, temporality=temporality, unit="ms")


def asked(engine: "Engine", of_metric: Item, function: str, step_s: int = 3600) -> SeriesSet:
    return series(engine, HOUR, MetricFilter(of_metric["name"]), function=function, step_ns=step_s * SECOND_NS)


def value(found: SeriesSet) -> float:
    ((one,),) = [[each.value for each in line.points if each.value is not None] for line in found.items]
    return one


@pytest.mark.parametrize("step_s", [1210, 1200, 3600])
@pytest.mark.parametrize("temporality", [1, 2])
@pytest.mark.parametrize("kind", [EXPLICIT, EXPONENTIAL])
def test_percentiles_are_those_of_what_was_measured(engine: "Engine", kind: int, temporality: int, step_s: int) -> None:
    """From points, minutes and hours: what came before the window is set off, and two pods are added."""
    made, before, during = metric(kind, temporality), measured(1), [measured(seed) for seed in (2, 3, 4)]
    for pod in "ab":
        held = [before, *during]
        if temporality == 2:
            held = list(itertools.accumulate(held, operator.add))
        points = [explicit_point(each) if kind == EXPLICIT else exponential_point(each, 3) for each in held]
        times = [-50, 50, 150, 250]
        keep(engine, "metrics", *(at(*each, made, epoch_s=-2000, pod=pod) for each in zip(times, points, strict=True)))
    values = list(itertools.chain(*during))
    for share in (50, 95, 99):
        wanted = float(np.percentile(values, share))
        assert value(asked(engine, made, f"p{share}", step_s)) == pytest.approx(wanted, rel=0.1)
    assert value(asked(engine, made, "avg", step_s)) == pytest.approx(np.mean(values), rel=0.02)
    if temporality == 2:
        assert value(asked(engine, made, "increase", step_s)) == pytest.approx(2400, rel=0.2)


def test_a_restart_begins_from_nothing(engine: "Engine") -> None:
    made, old, new = metric(EXPLICIT, 2), measured(1, 5000), [15.0] * 100
    keep(engine, "metrics", at(-60, explicit_point(old), made, -5000), at(60, explicit_point(new), made, 30))
    assert value(asked(engine, made, "p95", 3600)) == pytest.approx(19.5)


def test_a_histogram_that_becomes_coarser_stays_comparable(engine: "Engine") -> None:
    made, first, second = metric(EXPONENTIAL, 2), measured(1), measured(2)
    keep(
        engine, "metrics", at(-60, exponential_point(first, 5), made, -2000),
        at(60, exponential_point(first + second, 2), made, -2000),
    )  # fmt: skip
    for step_s in (1210, 3600):
        assert value(asked(engine, made, "p50", step_s)) == pytest.approx(float(np.percentile(second, 50)), rel=0.1)


def test_histograms_with_other_bounds_are_joined(engine: "Engine") -> None:
    made, first, second = metric(EXPLICIT, 1), measured(1), measured(2)
    other = [float(n) for n in range(5, 300, 7)]
    keep(engine, "metrics", at(10, explicit_point(first), made), at(20, explicit_point(second, other), made, pod="b"))
    wanted = float(np.percentile(first + second, 90))
    assert value(asked(engine, made, "p90")) == pytest.approx(wanted, rel=0.1)


def test_negative_values_and_zeros_have_buckets_too(engine: "Engine") -> None:
    held = exponential_point([1.5] * 10, 0)
    held |= {"negative_offset": 0, "negative_counts": [10], "zero_count": 10, "count": 30}
    made = metric(EXPONENTIAL, 1)
    keep(engine, "metrics", at(10, held, made))
    assert value(asked(engine, made, "p50")) == 0
    assert -2 <= value(asked(engine, made, "p10")) <= -1
    assert 1 <= value(asked(engine, made, "p90")) <= 2
    assert value(asked(engine, made, "p50", 1210)) == 0
