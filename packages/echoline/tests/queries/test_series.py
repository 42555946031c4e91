from typing import TYPE_CHECKING, Any

import pytest

from batches import NOW_NS, SECOND_NS, Item, of, point
from echoline.errors import BadInput
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.attribute_conditions import condition
from echoline.queries.metric_rows import MetricFilter
from echoline.queries.series import series
from kept import LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

LAST_HOUR = Window(NOW_NS - 3600 * SECOND_NS, NOW_NS)
CARTS = MetricFilter("carts")


def gauge(value: float, ago_s: int = 60, **columns: Any) -> Item:
    return point(value, time_ns=NOW_NS - ago_s * SECOND_NS, **columns)


def lines(
    engine: "Engine", wanted: MetricFilter = CARTS, **options: object
) -> dict[tuple[str, ...], list[float | None]]:
    found = series(engine, LAST_HOUR, wanted, **options)  # type: ignore[arg-type]
    return {tuple(line.labels.values()): [each.value for each in line.points] for line in found.items}


def test_lines_are_by_attributes_of_the_point_or_its_resource(engine: "Engine") -> None:
    box = of(service="shop", environment="test", instance="pod-1", attributes={"host.name": "box"})
    keep(engine, "metrics", gauge(1, attributes={"kind": "a"}), gauge(2, attributes={"kind": "b"}, resource=box))
    assert lines(engine, by=["kind"]) == {("a",): [1], ("b",): [2]}
    assert lines(engine, by=["host.name"]) == {("",): [1], ("box",): [2]}
    assert lines(engine, by=["service.instance.id", "service.name"]) == {("", "shop"): [1], ("pod-1", "shop"): [2]}
    assert lines(engine) == {(): [1.5]}


def test_points_can_be_narrowed(engine: "Engine") -> None:
    cart = of(service="cart", environment="prod", version="2", revision="def", attributes={"host.name": "box"})
    keep(engine, "metrics", gauge(1, attributes={"kind": "a"}), gauge(2, attributes={"kind": "b"}, resource=cart))
    for wanted in (
        MetricFilter("carts", service="cart"),
        MetricFilter("carts", environment="prod"),
        MetricFilter("carts", version="2"),
        MetricFilter("carts", revision="def"),
        MetricFilter("carts", attributes=(condition("kind=b"),)),
        MetricFilter("carts", attributes=(condition("host.name=box"),)),
    ):
        for step_ns in (30 * SECOND_NS, 60 * SECOND_NS, 3600 * SECOND_NS):
            assert lines(engine, wanted, step_ns=step_ns) == {(): [2]}


def test_of_many_lines_those_with_most_points_are_told_and_the_rest_counted(engine: "Engine") -> None:
    keep(engine, "metrics", *(gauge(n, ago_s=60 + k, attributes={"n": f"{n}"}) for n in range(9) for k in range(n + 1)))
    found = series(engine, LAST_HOUR, CARTS, by=["n"], limit=3)
    assert ([line.labels for line in found.items], found.left_out) == ([{"n": "8"}, {"n": "7"}, {"n": "6"}], 6)
    assert [{each.value for each in line.points} for line in found.items] == [{8}, {7}, {6}]


def test_of_conflicting_types_the_newest_is_told_and_the_other_named(engine: "Engine") -> None:
    counter = of(name="carts", type=2, temporality=1, is_monotonic=True, unit="{cart}")
    keep(engine, "metrics", gauge(5, ago_s=600), gauge(7, ago_s=60, metric=counter))
    found = series(engine, LAST_HOUR, CARTS)
    assert (found.type, found.function, found.unit) == ("sum", "rate", "{cart}/s")
    assert found.notes == ("also sent as unspecified gauge, which is not shown",)


def test_a_function_must_fit_the_type(engine: "Engine") -> None:
    keep(engine, "metrics", gauge(5))
    for function in ("p95", "rate", "median", ""):
        with pytest.raises(BadInput, match="does not fit a gauge: ask for avg, min, max, last, sum"):
            series(engine, LAST_HOUR, CARTS, function=function)


def test_a_summary_tells_the_quantiles_it_was_sent_with(engine: "Engine") -> None:
    summary = of(name="latency", type=5, unit="s")
    held: dict[str, Any] = {"value": None, "count": 10, "sum": 5.0, "quantiles": [0.5, 0.99], "metric": summary}
    times = {"time_ns": NOW_NS - 60 * SECOND_NS}
    points = (point(attributes={"n": n}, quantile_values=[0.1 * n, n], **held, **times) for n in (1, 2))
    keep(engine, "metrics", *points)
    found = series(engine, LAST_HOUR, MetricFilter("latency"), function="p99")
    assert [each.value for each in found.items[0].points] == [2]
    assert series(engine, LAST_HOUR, MetricFilter("latency"), function="p95").items[0].points == ()


def test_steps_from_seconds_to_hours_give_the_same_average(engine: "Engine") -> None:
    keep(engine, "metrics", *(gauge(5, ago_s=n) for n in range(30, 80_000, 600)))
    for step_s in (90, 60, 3600, 86_400):
        found = series(engine, LAST_DAY, CARTS, function="avg", step_ns=step_s * SECOND_NS)
        assert {each.value for each in found.items[0].points} == {5}


def test_an_unknown_metric_names_the_newest_point(engine: "Engine") -> None:
    keep(engine, "metrics", gauge(5))
    found = series(engine, LAST_HOUR, MetricFilter("unknown"))
    assert (found.type, found.items, found.newest) == (None, (), rfc3339(NOW_NS - 60 * SECOND_NS))


def test_too_many_attributes_are_refused(engine: "Engine") -> None:
    with pytest.raises(BadInput, match="at most 5"):
        series(engine, LAST_HOUR, CARTS, by=list("abcdef"))
