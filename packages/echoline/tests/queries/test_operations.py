from typing import TYPE_CHECKING

import pytest

from batches import NOW_NS, SECOND_NS, of, span
from echoline.errors import BadInput
from echoline.model.answers import Operation
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.operation_rollups import OperationFilter
from echoline.queries.operations import Sort, endpoints, operations
from kept import HOUR_NS, LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

ALL = OperationFilter()
MINUTE_NS = 60 * SECOND_NS


def test_an_operation_has_calls_errors_and_quantiles(engine: "Engine") -> None:
    keep(engine, "traces", *(span("GET /cart", ms=n, status_code=2 if n > 98 else 0) for n in range(1, 101)))
    (found,) = operations(engine, LAST_DAY, ALL).items
    assert (found.service, found.environment, found.kind, found.name) == ("shop", "test", "SERVER", "GET /cart")
    assert (found.calls, found.errors, found.duration_sum_ns) == (100, 2, 5_050_000_000)
    assert (found.p50_ns, found.p95_ns, found.p99_ns) == pytest.approx((50e6, 95e6, 99e6), rel=0.02)


def test_what_is_reported_twice_counts_once(engine: "Engine") -> None:
    keep(engine, "traces", span("SELECT", kind=3), span("SELECT", kind=3, is_repeat_report=True))
    assert [each.calls for each in operations(engine, LAST_DAY, ALL).items] == [1]


def test_endpoints_are_what_a_service_is_asked_for(engine: "Engine") -> None:
    keep(
        engine,
        "traces",
        span("GET /cart/{id}"),
        span("orders process", kind=5),
        span("SELECT", kind=3),
        span("work", kind=1),
    )
    found = endpoints(engine, LAST_DAY, ALL).items
    assert sorted((each.kind, each.method, each.route) for each in found) == [
        ("CONSUMER", "", ""),
        ("SERVER", "GET", "/cart/{id}"),
    ]


@pytest.mark.parametrize("minutes", [1, 30, 59, 61, 125, 359])
@pytest.mark.parametrize("are_spans_gone", [False, True])
def test_a_window_is_exact_to_the_minute_whatever_answers(engine: "Engine", minutes: int, are_spans_gone: bool) -> None:
    """Spans while they are there and few, else rollups by hour and by minute: nothing counts twice or is left out."""
    start = (NOW_NS // HOUR_NS - 9) * HOUR_NS + 17 * MINUTE_NS
    keep(engine, "traces", *(span(start_ns=start + n * MINUTE_NS, ms=5) for n in range(-60, 8 * 60)))
    if are_spans_gone:
        engine.execute("TRUNCATE TABLE spans")
    (found,) = operations(engine, Window(start, start + minutes * MINUTE_NS), ALL).items
    assert found.calls == minutes
    assert found.p95_ns == pytest.approx(5e6, rel=0.02)


def test_from_six_hours_on_a_window_is_widened_to_whole_hours(engine: "Engine") -> None:
    start = (NOW_NS // HOUR_NS - 9) * HOUR_NS + 17 * MINUTE_NS
    keep(engine, "traces", *(span(start_ns=start + n * MINUTE_NS) for n in range(-60, 8 * 60)))
    found = operations(engine, Window(start, start + 6 * HOUR_NS), ALL)
    assert (found.since, found.until) == (rfc3339(start - 17 * MINUTE_NS), rfc3339(start + 403 * MINUTE_NS))
    assert found.items[0].calls == 420


def test_the_answer_says_to_which_window_it_was_widened(engine: "Engine") -> None:
    minute = NOW_NS // (MINUTE_NS) * MINUTE_NS
    keep(engine, "traces", span(start_ns=minute + 59 * SECOND_NS))
    found = operations(engine, Window(minute + 1, minute + 2), ALL)
    assert (found.since, found.until) == (rfc3339(minute), rfc3339(minute + MINUTE_NS))
    assert len(found.items) == 1


def test_filters_narrow(engine: "Engine") -> None:
    other = of(service="cart", environment="prod", version="2", revision="def")
    keep(engine, "traces", span("GET /cart"), span("GET /item", kind=3, resource=other))
    for wanted in (
        OperationFilter(service="cart"),
        OperationFilter(environment="prod"),
        OperationFilter(version="2"),
        OperationFilter(revision="def"),
        OperationFilter(kinds=("CLIENT",)),
        OperationFilter(name="ITEM"),
    ):
        assert [each.name for each in operations(engine, LAST_DAY, wanted).items] == ["GET /item"]


@pytest.mark.parametrize("sort", ["calls", "errors", "total", "p50", "p95", "p99"])
def test_pages_joined_are_the_whole_list_in_order(engine: "Engine", sort: Sort) -> None:
    """Also when many operations rank alike, and when the same operation runs in several environments."""
    places = [of(service="shop", environment=name) for name in ("", "prod", "test")]
    keep(
        engine,
        "traces",
        *(span(f"GET /{n % 5}", ms=n % 3, resource=places[n % 3], status_code=n % 3) for n in range(45)),
    )
    whole = operations(engine, LAST_DAY, ALL, sort=sort).items
    cursor, found, pages = None, list[Operation](), 0
    while cursor is not None or not pages:
        page = operations(engine, LAST_DAY, ALL, sort=sort, limit=4, cursor=cursor)
        found, cursor, pages = [*found, *page.items], page.next, pages + 1
    assert (tuple(found), pages, len(whole)) == (whole, 4, 15)
    field = {"total": "duration_sum_ns", "p50": "p50_ns", "p95": "p95_ns", "p99": "p99_ns"}.get(sort, sort)
    assert [getattr(each, field) for each in whole] == sorted((getattr(each, field) for each in whole), reverse=True)


def test_a_cursor_serves_its_own_question_only(engine: "Engine") -> None:
    keep(engine, "traces", span("a"), span("b"))
    cursor = operations(engine, LAST_DAY, ALL, limit=1).next
    with pytest.raises(BadInput, match="another question"):
        operations(engine, LAST_DAY, OperationFilter(service="shop"), limit=1, cursor=cursor)


def test_an_empty_answer_names_the_newest_data(engine: "Engine") -> None:
    assert operations(engine, LAST_DAY, ALL).newest is None
    keep(engine, "traces", span(start_ns=NOW_NS - 48 * HOUR_NS), span(start_ns=NOW_NS - 50 * HOUR_NS))
    found = operations(engine, LAST_DAY, ALL)
    assert (found.items, found.newest) == ((), rfc3339(NOW_NS - 48 * HOUR_NS))
    assert operations(engine, LAST_DAY, OperationFilter(service="other")).newest is None
