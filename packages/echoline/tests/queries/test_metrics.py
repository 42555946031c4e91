from typing import TYPE_CHECKING

from batches import NOW_NS, SECOND_NS, of, point
from echoline.model.answers_metrics import Exemplar, Metric
from echoline.model.instants import rfc3339
from echoline.queries.metrics import exemplars, metrics
from kept import HOUR_NS, LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine


def test_the_catalogue_says_what_a_metric_is(engine: "Engine") -> None:
    metric = of(name="carts", description="Open carts", unit="{cart}", type=2, temporality=2, is_monotonic=True)
    keep(engine, "metrics", *(point(n, metric=metric, attributes={"kind": f"{n % 2}", "zone": "a"}) for n in range(5)))
    assert metrics(engine, LAST_DAY).items == (
        Metric(
            "carts", "shop", "test", "sum", "cumulative", True, "{cart}", "Open carts", 2, 5,
            rfc3339(NOW_NS - 60 * SECOND_NS), ("kind", "zone"), ("rate", "increase"),
        ),
    )  # fmt: skip


def test_conflicting_types_stand_side_by_side_and_pages_join(engine: "Engine") -> None:
    kinds = [of(name=name, type=kind) for name in ("b", "a") for kind in (3, 1)]
    keep(engine, "metrics", *(point(metric=each) for each in kinds))
    first = metrics(engine, LAST_DAY, limit=3)
    rest = metrics(engine, LAST_DAY, limit=3, cursor=first.next)
    assert [(each.name, each.type) for each in (*first.items, *rest.items)] == [
        ("a", "gauge"), ("a", "histogram"), ("b", "gauge"), ("b", "histogram")
    ]  # fmt: skip
    assert rest.next is None


def test_the_catalogue_can_be_narrowed(engine: "Engine") -> None:
    keep(engine, "metrics", point(), point(metric=of(name="http.requests", type=1), resource=of(service="cart")))
    assert [each.name for each in metrics(engine, LAST_DAY, name="HTTP").items] == ["http.requests"]
    assert [each.name for each in metrics(engine, LAST_DAY, service="cart").items] == ["http.requests"]
    assert [each.name for each in metrics(engine, LAST_DAY, environment="test").items] == ["carts"]
    assert metrics(engine, LAST_DAY, name="nothing").newest is not None


def test_exemplars_lead_from_a_metric_to_its_spans(engine: "Engine") -> None:
    at_ns = NOW_NS - 60 * SECOND_NS
    held = [of(time_ns=at_ns - n, value_double=float(n), trace_id=b"\1" * 16, span_id=bytes([n]) * 8) for n in (1, 2)]
    keep(engine, "metrics", point(exemplars=held))
    found = exemplars(engine, LAST_DAY, "carts")
    assert found.items[0] == Exemplar(rfc3339(at_ns - 1), 1.0, "01" * 16, "01" * 8, {})
    assert [each.value for each in found.items] == [1, 2]
    assert exemplars(engine, LAST_DAY, "other").items == ()


def test_nothing_names_the_newest_point(engine: "Engine") -> None:
    keep(engine, "metrics", point(time_ns=NOW_NS - 50 * HOUR_NS))
    assert metrics(engine, LAST_DAY).newest == rfc3339(NOW_NS - 50 * HOUR_NS)
