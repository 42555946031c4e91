from typing import TYPE_CHECKING, Any

import pytest

from batches import NOW_NS, SECOND_NS, Item, of, span
from echoline.errors import BadInput
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.span_filters import SpanFilter
from echoline.queries.traces import TraceSort, traces
from kept import HOUR_NS, LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

ALL = SpanFilter()


def trace(number: int, *, ms: float = 10, ago_s: float = 60, **root: object) -> list[Item]:
    """A request and the query in it that begins one second later and takes as long."""
    ids = {"trace_id": number.to_bytes(16, "big")}
    start_ns = NOW_NS - int(ago_s * SECOND_NS)
    columns: dict[str, Any] = {**ids, "span_id": number.to_bytes(8, "big"), "start_ns": start_ns, **root}
    top = span(ms=ms, **columns)
    below = {"parent_span_id": top["span_id"], "kind": 3, "start_ns": start_ns + SECOND_NS, "db_system": "sqlite"}
    return [top, span("SELECT cart", ms=ms, **ids, **below)]


def hex_ids(*numbers: int) -> list[str]:
    return [f"{number:032x}" for number in numbers]


def test_a_trace_is_told_by_its_root(engine: "Engine") -> None:
    keep(engine, "traces", *trace(1, ms=10, status_code=2))
    (found,) = traces(engine, LAST_DAY, ALL).items
    assert (found.service, found.environment, found.kind, found.name) == ("shop", "test", "SERVER", "GET /cart")
    assert (found.spans, found.errors, found.start) == (2, 1, rfc3339(NOW_NS - 60 * SECOND_NS))
    assert (found.duration_ns, found.match) == (SECOND_NS + 10_000_000, None)


def test_a_trace_whose_root_has_not_come_has_no_name(engine: "Engine") -> None:
    keep(engine, "traces", trace(1)[1])
    (found,) = traces(engine, LAST_DAY, ALL).items
    assert (found.service, found.name, found.spans) == ("", "", 1)


@pytest.mark.parametrize("wanted", [ALL, SpanFilter(service="shop"), SpanFilter(entry=True)])
def test_traces_come_newest_first(engine: "Engine", wanted: SpanFilter) -> None:
    keep(engine, "traces", *(each for n in (3, 1, 2) for each in trace(n, ago_s=n * 3600)))
    assert [each.trace_id for each in traces(engine, LAST_DAY, wanted).items] == hex_ids(1, 2, 3)


@pytest.mark.parametrize("wanted", [ALL, SpanFilter(service="shop"), SpanFilter(entry=True)])
def test_traces_can_come_slowest_first(engine: "Engine", wanted: SpanFilter) -> None:
    keep(engine, "traces", *(each for n in (3, 1, 2) for each in trace(n, ms=n)))
    assert [each.trace_id for each in traces(engine, LAST_DAY, wanted, sort="slowest").items] == hex_ids(3, 2, 1)


@pytest.mark.parametrize(
    "wanted",
    [
        SpanFilter(service="cart"),
        SpanFilter(environment="prod"),
        SpanFilter(version="2"),
        SpanFilter(revision="def"),
        SpanFilter(operation="GET /other"),
        SpanFilter(kinds=("CONSUMER", "PRODUCER")),
        SpanFilter(status="ERROR"),
        SpanFilter(min_duration_ns=1_000_000_000),
        SpanFilter(text=("CONNECTION reset",)),
        SpanFilter(text=("☃",)),
        SpanFilter(text=("in the event",)),
        SpanFilter(text=("other", "reset")),
    ],
)
def test_each_condition_narrows(engine: "Engine", wanted: SpanFilter) -> None:
    odd = {
        "resource": of(service="cart", environment="prod", version="2", revision="def"),
        "operation": "GET /other", "kind": 5, "status_code": 2, "status_message": "connection reset by peer",
        "attributes": {"mood": "snow ☃"},
        "events": [of(time_ns=NOW_NS, name="exception", attributes={"exception.message": "in the event"})],
    }  # fmt: skip
    keep(engine, "traces", *trace(1), *trace(2, ms=1000, ago_s=30, **odd)[:1], *trace(3))
    assert [each.trace_id for each in traces(engine, LAST_DAY, wanted).items] == hex_ids(2)


def test_all_conditions_must_hold_for_one_span(engine: "Engine") -> None:
    keep(engine, "traces", *trace(1))
    assert traces(engine, LAST_DAY, SpanFilter(kinds=("SERVER",), operation="SELECT cart")).items == ()
    assert len(traces(engine, LAST_DAY, SpanFilter(kinds=("CLIENT",), operation="SELECT cart")).items) == 1


def test_the_span_that_fits_is_told(engine: "Engine") -> None:
    first, second = trace(1), trace(1, ms=30, ago_s=20)[1]
    keep(engine, "traces", *first, second)
    newest = traces(engine, LAST_DAY, SpanFilter(kinds=("CLIENT",), max_duration_ns=20_000_000)).items[0].match
    slowest = traces(engine, LAST_DAY, SpanFilter(kinds=("CLIENT",)), sort="slowest").items[0].match
    assert newest is not None
    assert slowest is not None
    assert (newest.span_id, newest.name, newest.kind) == (first[1]["span_id"].hex(), "SELECT cart", "CLIENT")
    assert (newest.start, newest.duration_ns) == (rfc3339(first[1]["start_ns"]), 10_000_000)
    assert (slowest.span_id, slowest.duration_ns) == (second["span_id"].hex(), 30_000_000)


@pytest.mark.parametrize("sort", ["newest", "slowest"])
@pytest.mark.parametrize("wanted", [ALL, SpanFilter(service="shop")])
def test_pages_joined_have_each_trace_once(engine: "Engine", wanted: SpanFilter, sort: TraceSort) -> None:
    """Traces overlap in time and many rank alike, so a trace may fit before and after the end of a page."""
    keep(engine, "traces", *(each for n in range(1, 24) for each in trace(n, ms=n % 3, ago_s=60 + n % 4)))
    whole = traces(engine, LAST_DAY, wanted, sort=sort, limit=100)
    found, cursor = list[str](), None
    while cursor is not None or not found:
        page = traces(engine, LAST_DAY, wanted, sort=sort, limit=5, cursor=cursor)
        found, cursor = found + [each.trace_id for each in page.items], page.next
    assert found == [each.trace_id for each in whole.items]
    assert len(set(found)) == 23


def test_only_the_window_counts(engine: "Engine") -> None:
    keep(engine, "traces", *trace(1, ago_s=10), *trace(2, ago_s=100))
    window = Window(NOW_NS - 110 * SECOND_NS, NOW_NS - 50 * SECOND_NS)
    assert [each.trace_id for each in traces(engine, window, ALL).items] == hex_ids(2)
    assert [each.trace_id for each in traces(engine, window, SpanFilter(service="shop")).items] == hex_ids(2)


def test_an_empty_answer_names_the_newest_data(engine: "Engine") -> None:
    keep(engine, "traces", *trace(1, ago_s=48 * 3600))
    newest = rfc3339(NOW_NS - 48 * HOUR_NS + SECOND_NS)
    assert traces(engine, LAST_DAY, ALL).newest == newest
    assert traces(engine, LAST_DAY, SpanFilter(service="shop")).newest == newest
    assert traces(engine, LAST_DAY, SpanFilter(service="other")).newest is None


def test_too_many_conditions_are_refused() -> None:
    with pytest.raises(BadInput, match="at most 20"):
        SpanFilter(text=("x",) * 21)
