from typing import TYPE_CHECKING

import pytest

from batches import NOW_NS, SECOND_NS, of, span
from echoline.model.window import Window
from echoline.queries.one_operation import operation
from echoline.queries.operation_rollups import OperationFilter
from echoline.queries.operations import operations
from kept import HOUR_NS, LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine


def known_id(engine: "Engine", name: str) -> str:
    found = operations(engine, Window(0, NOW_NS), OperationFilter(name=name)).items
    return found[0].id


@pytest.mark.parametrize("step_ns", [None, 60 * SECOND_NS, HOUR_NS, 24 * HOUR_NS])
def test_the_points_add_up_to_the_whole(engine: "Engine", step_ns: int | None) -> None:
    keep(engine, "traces", *(span(start_ns=NOW_NS - n * 600 * SECOND_NS, status_code=n % 3) for n in range(1, 100)))
    found = operation(engine, LAST_DAY, known_id(engine, "cart"), step_ns=step_ns)
    assert found is not None
    assert found.calls == sum(point.calls for point in found.points) == 99
    assert found.errors == sum(point.errors for point in found.points) == 33
    assert [point.time for point in found.points] == sorted({point.time for point in found.points})


def test_an_operation_joins_its_environments_unless_one_is_asked_for(engine: "Engine") -> None:
    for name in ("prod", "test"):
        keep(engine, "traces", span(resource=of(service="shop", environment=name, version=f"of {name}")))
    cart = known_id(engine, "cart")
    joined, alone = operation(engine, LAST_DAY, cart), operation(engine, LAST_DAY, cart, environment="prod")
    assert joined is not None
    assert alone is not None
    assert (joined.calls, joined.environment, joined.environments) == (2, "", ("prod", "test"))
    assert (alone.calls, alone.environment, alone.versions) == (1, "prod", ("of prod",))


def test_an_operation_without_calls_in_the_window_is_still_known(engine: "Engine") -> None:
    keep(engine, "traces", span(start_ns=NOW_NS - 72 * HOUR_NS))
    found = operation(engine, LAST_DAY, known_id(engine, "cart"))
    assert found is not None
    assert (found.name, found.calls, found.p95_ns, found.points) == ("GET /cart", 0, 0, ())
    assert found.newest is not None


def test_an_unknown_operation_is_none(engine: "Engine") -> None:
    assert operation(engine, LAST_DAY, "0" * 16) is None
