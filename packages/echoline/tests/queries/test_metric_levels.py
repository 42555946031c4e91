from typing import TYPE_CHECKING

import pytest

from batches import Item, of, point
from echoline.model.instants import nanoseconds
from echoline.model.window import Window
from echoline.queries.metric_rows import MetricFilter
from echoline.queries.series import series
from kept import keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

SECOND_NS = 10**9
SINCE_NS = 1_795_294_800 * SECOND_NS
TEN_MINUTES = Window(SINCE_NS, SINCE_NS + 600 * SECOND_NS)
GAUGE, SUM = of(name="memory", type=1, unit="By"), of(name="memory", type=2, temporality=2, unit="By")


def at(seconds: float, value: float, pod: str = "a", metric: Item = GAUGE) -> Item:
    time_ns = SINCE_NS + round(seconds * SECOND_NS)
    return point(value, metric=metric, time_ns=time_ns, attributes={"pod": pod})


def values(engine: "Engine", function: str, step_s: int) -> dict[int, float | None]:
    found = series(engine, TEN_MINUTES, MetricFilter("memory"), function=function, step_ns=step_s * SECOND_NS)
    return {(nanoseconds(each.time) - SINCE_NS) // SECOND_NS: each.value for each in found.items[0].points}


@pytest.mark.parametrize("step_s", [50, 60])
@pytest.mark.parametrize(
    ("function", "expected"),
    [("avg", 20 / 4), ("min", 1), ("max", 10), ("sum", 10 / 3 + 10), ("last", (7 + 10) / 2)],
)
def test_levels_of_gauges(engine: "Engine", function: str, expected: float, step_s: int) -> None:
    """From points, and from rollups."""
    keep(engine, "metrics", at(20, 2), at(10, 1), at(49, 7), at(30, 10, "b"), at(320, 5))
    found = values(engine, function, step_s)
    assert found[0] == pytest.approx(expected)
    assert list(found.values())[1:] == [5]


@pytest.mark.parametrize("step_s", [50, 60])
def test_sums_that_go_up_and_down_are_added_over_series(engine: "Engine", step_s: int) -> None:
    keep(engine, "metrics", at(10, 1, metric=SUM), at(20, 3, metric=SUM), at(30, 10, "b", SUM))
    assert values(engine, "last", step_s) == {0: 13}
    assert values(engine, "sum", step_s) == {0: 12}


def test_points_that_say_that_there_was_no_value_do_not_count(engine: "Engine") -> None:
    keep(engine, "metrics", at(10, 4), {**at(20, 0), "flags": 1}, at(30, float("nan")))
    assert values(engine, "avg", 50) == {0: 4}
