from typing import TYPE_CHECKING

from batches import of, point
from echoline.queries.own_points import own_points
from echoline.queries.refusals import Refusals, refusals
from echoline.telemetry import SCOPE, SERVICE
from kept import keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine


def test_refused_and_cut_items_are_added_up_by_reason(engine: "Engine") -> None:
    assert refusals(engine) == Refusals({}, {})
    rows = "(now(), 'traces', 'too_old', 0, 2), (now(), 'logs', 'too_old', 0, 3), (now(), 'logs', 'depth', 1, 1)"
    engine.execute(f"INSERT INTO refusals VALUES {rows}")
    assert refusals(engine) == Refusals({"too_old": 5}, {"depth": 1})


def test_points_about_ourselves_are_known_by_service_and_scope(engine: "Engine") -> None:
    ours = {"resource": of(service=SERVICE), "scope": of(name=SCOPE)}
    others = point(resource=of(service=SERVICE)), point(scope=of(name=SCOPE))
    keep(engine, "metrics", point(1.0, **ours), point(2.0, **ours), *others)
    assert own_points(engine) == 2
