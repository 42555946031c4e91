from typing import TYPE_CHECKING

from batches import NOW_NS, SECOND_NS, log, of, point, span
from echoline.model.instants import rfc3339
from echoline.queries.last_seen import last_seen
from kept import HOUR_NS, LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

PLACES = [("shop", "prod"), ("shop", "dev"), ("cron", "prod")]


def test_the_newest_of_all_signals_counts(engine: "Engine") -> None:
    shop, cron = of(service="shop", environment="prod"), of(service="cron", environment="prod")
    keep(engine, "traces", span(resource=shop, start_ns=NOW_NS - 7 * SECOND_NS))
    keep(engine, "logs", log(resource=shop, time_ns=NOW_NS - 5 * SECOND_NS), log(resource=cron))
    keep(engine, "metrics", point(1, resource=shop, time_ns=NOW_NS - 6 * SECOND_NS))
    assert last_seen(engine, LAST_DAY, PLACES) == {
        ("shop", "prod"): rfc3339(NOW_NS - 5 * SECOND_NS),
        ("cron", "prod"): rfc3339(NOW_NS - 60 * SECOND_NS),
    }


def test_who_is_silent_since_long_is_found_too(engine: "Engine") -> None:
    """Also beside the same service in another environment that is not."""
    dev, prod = (of(service="shop", environment=each) for each in ("dev", "prod"))
    keep(engine, "traces", span(resource=prod), span(resource=dev, start_ns=NOW_NS - 23 * HOUR_NS))
    assert last_seen(engine, LAST_DAY, PLACES) == {
        ("shop", "prod"): rfc3339(NOW_NS - 60 * SECOND_NS),
        ("shop", "dev"): rfc3339(NOW_NS - 23 * HOUR_NS),
    }


def test_nobody_asked_for_is_nobody_seen(engine: "Engine") -> None:
    keep(engine, "traces", span())
    assert last_seen(engine, LAST_DAY, []) == {}
