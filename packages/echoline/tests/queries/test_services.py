from typing import TYPE_CHECKING

from batches import NOW_NS, SECOND_NS, log, of, span
from echoline.model.answers import Service
from echoline.model.instants import rfc3339
from echoline.queries.operation_rollups import MINUTE_NS
from echoline.queries.services import services
from kept import HOUR_NS, LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine


def test_a_service_counts_what_it_is_asked_for(engine: "Engine") -> None:
    keep(engine, "traces", span(ms=10, status_code=2), span("SELECT", kind=3, ms=5), span("GET /item", ms=10))
    (found,) = services(engine, LAST_DAY).items
    assert (found.service, found.environment, found.versions, found.revisions) == ("shop", "test", ("1",), ("abc",))
    assert (found.calls, found.errors, found.spans) == (2, 1, 3)
    assert found.p50_ns is not None
    assert abs(found.p50_ns - 10_000_000) < 200_000
    assert found.last_seen == rfc3339(NOW_NS - 60 * SECOND_NS)


def test_a_service_that_sends_only_logs_is_known_too(engine: "Engine") -> None:
    keep(engine, "logs", log(resource=of(service="cron", environment="", version="3")))
    assert services(engine, LAST_DAY).items == (
        Service("cron", "", ("3",), (), 0, 0, None, None, None, 0, rfc3339(NOW_NS - 60 * SECOND_NS)),
    )


def test_what_only_rollups_remember_was_seen_in_a_minute(engine: "Engine") -> None:
    keep(engine, "traces", span(start_ns=NOW_NS - 90 * SECOND_NS))
    engine.execute("TRUNCATE TABLE spans")
    (found,) = services(engine, LAST_DAY).items
    assert found.last_seen == rfc3339((NOW_NS - 90 * SECOND_NS) // MINUTE_NS * MINUTE_NS)


def test_services_come_by_name_in_pages_and_can_be_narrowed(engine: "Engine") -> None:
    places = [of(service=name, environment=where) for name in ("b", "a") for where in ("prod", "dev")]
    keep(engine, "traces", *(span(resource=each) for each in places))
    first = services(engine, LAST_DAY, limit=3)
    rest = services(engine, LAST_DAY, limit=3, cursor=first.next)
    assert [(each.service, each.environment) for each in (*first.items, *rest.items)] == [
        ("a", "dev"), ("a", "prod"), ("b", "dev"), ("b", "prod")
    ]  # fmt: skip
    assert rest.next is None
    narrowed = services(engine, LAST_DAY, service="a", environment="prod").items
    assert [(each.service, each.environment) for each in narrowed] == [("a", "prod")]


def test_nothing_in_the_window_names_the_newest_data(engine: "Engine") -> None:
    keep(engine, "traces", span(start_ns=NOW_NS - 72 * HOUR_NS))
    found = services(engine, LAST_DAY)
    assert (found.items, found.newest) == ((), rfc3339(NOW_NS - 72 * HOUR_NS))
