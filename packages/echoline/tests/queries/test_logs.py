from typing import TYPE_CHECKING, Any

import pytest

from batches import NOW_NS, SECOND_NS, log, of, span
from echoline.errors import BadInput
from echoline.model.answers_logs import LogRecord
from echoline.model.instants import rfc3339
from echoline.queries.attribute_conditions import condition
from echoline.queries.logs import LogFilter, logs
from kept import HOUR_NS, LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

ALL = LogFilter()


def bodies(engine: "Engine", wanted: LogFilter = ALL, **bounds: Any) -> list[object]:
    return [each.body for each in logs(engine, LAST_DAY, wanted, **bounds).items]


def test_a_record_is_told_whole(engine: "Engine") -> None:
    at = NOW_NS - 60 * SECOND_NS
    sent = log(
        "cart saved", trace_id=b"\1" * 16, span_id=b"\2" * 8, severity_number=18, severity_text="Error",
        event_name="saved",
        attributes={"items": 5}, originals={"thread.id": "7"}, function="shop.save", line=12, exception_type="KeyError",
        scope=of(name="shop.log"), dropped_attributes=3,
    )  # fmt: skip
    keep(engine, "logs", sent)
    (found,) = logs(engine, LAST_DAY, ALL).items
    assert found == LogRecord(
        time=rfc3339(at), observed=rfc3339(at), service="shop", environment="test", version="1", severity="ERROR",
        severity_number=18, severity_text="Error", event_name="saved", body="cart saved", pattern_id=found.pattern_id,
        trace_id="01" * 16, span_id="02" * 8, scope="shop.log", exception_type="KeyError",
        attributes={"code.function.name": "shop.save", "code.line.number": 12, "items": 5},
        originals={"thread.id": "7"}, dropped_attributes=3,
    )  # fmt: skip


def test_a_body_that_is_no_text_is_what_it_was(engine: "Engine") -> None:
    keep(engine, "logs", log('{"cart":[1,2]}', body_type=6), log("5", body_type=3, time_ns=NOW_NS - SECOND_NS))
    assert bodies(engine) == [5, {"cart": [1, 2]}]


@pytest.mark.parametrize("has_spans", [True, False])
def test_the_beginning_of_a_trace_id_finds_its_records(engine: "Engine", has_spans: bool) -> None:
    keep(engine, "logs", log("in it", trace_id=b"\7" * 16), log("in another", trace_id=b"\10" * 16), log("in none"))
    if has_spans:
        keep(engine, "traces", span(trace_id=b"\7" * 16))
    assert bodies(engine, LogFilter(trace_id="0707070707070707")) == ["in it"]
    assert bodies(engine, LogFilter(trace_id="07070708")) == []


@pytest.fixture(scope="module")
def shop(opened: "Engine") -> "Engine":
    engine = opened.another("logs_of_a_shop")
    odd = {
        "resource": of(service="cart", environment="prod", version="2"),
        "attributes": {"tenant": "blue"},
        "trace_id": b"\7" * 16,
        "span_id": b"\7" * 8,
        "severity_number": 21,
        "exception_type": "KeyError",
    }
    texts = ["Payment DECLINED for order 99", "order declined: payment", "Ärger im Café", "done (100%)", "a_b-c"]
    keep(engine, "logs", log("odd one out", **odd), *(log(text) for text in texts))
    return engine


@pytest.mark.parametrize(
    "wanted",
    [
        LogFilter(service="cart"),
        LogFilter(environment="prod"),
        LogFilter(version="2"),
        LogFilter(severity="WARN"),
        LogFilter(severity="FATAL"),
        LogFilter(trace_id="07" * 16),
        LogFilter(span_id="07" * 8),
        LogFilter(exception_type="KeyError"),
        LogFilter(attributes=(condition("tenant=blue"),)),
        LogFilter(text=("odd", "out")),
    ],
)
def test_each_condition_narrows(shop: "Engine", wanted: LogFilter) -> None:
    assert bodies(shop, wanted) == ["odd one out"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("declined", 2),
        ("payment declined", 1),
        ("declined payment", 0),
        ("decl", 0),
        ("*decl*", 2),
        ("declined: pay", 0),
        ("*declined: pay*", 1),
        ("order 99", 1),
        ("ärger", 1),
        ("CAFÉ", 1),
        ("100%", 1),
        ("(100", 1),
        ("%)", 1),
        ("a_b", 1),
        ("_", 1),
        ("\\", 0),
        ("%", 1),
        ("", 6),
        ("\t\n'", 0),
    ],
)
def test_text_is_found_as_whole_words_in_any_case(shop: "Engine", text: str, found: int) -> None:
    assert len(bodies(shop, LogFilter(text=(text,)))) == found


def test_records_of_a_pattern_are_found_by_its_id(engine: "Engine") -> None:
    keep(
        engine,
        "logs",
        log("user 1", pattern="user <*>"),
        log("user 2", pattern="user <*>"),
        log("other", pattern="other"),
    )
    pattern_id = next(each.pattern_id for each in logs(engine, LAST_DAY, ALL).items if each.body == "user 1")
    assert sorted(map(str, bodies(engine, LogFilter(pattern_id=pattern_id)))) == ["user 1", "user 2"]


def test_records_come_newest_first(engine: "Engine") -> None:
    keep(engine, "logs", *(log(f"{n}", time_ns=NOW_NS - n * HOUR_NS) for n in (3, 1, 23, 2)))
    assert bodies(engine) == ["1", "2", "3", "23"]


def test_pages_joined_are_the_whole_even_when_many_records_share_a_time(engine: "Engine") -> None:
    """Also when records are alike in everything."""
    times = [NOW_NS - 5 * SECOND_NS] * 17 + [NOW_NS - 6 * SECOND_NS] * 6
    keep(engine, "logs", *(log(f"{n % 9}", time_ns=time) for n, time in enumerate(times)))
    found, cursor, sizes = list[object](), None, list[int]()
    while cursor is not None or not sizes:
        page = logs(engine, LAST_DAY, ALL, limit=5, cursor=cursor)
        found, cursor, sizes = found + [each.body for each in page.items], page.next, [*sizes, len(page.items)]
    assert sizes == [5, 5, 5, 5, 3]
    assert sorted(map(str, found)) == sorted(f"{n % 9}" for n in range(23))


def test_a_cursor_outside_its_window_is_refused(engine: "Engine") -> None:
    from echoline.queries.cursors import Cursor, encode, fingerprint

    for after in ((NOW_NS + 1, 0), (0, 0), (NOW_NS - 1, -1), (NOW_NS - 1, 2**40)):
        with pytest.raises(BadInput, match="cursor"):
            logs(engine, LAST_DAY, ALL, cursor=encode(Cursor(LAST_DAY, after), fingerprint("logs", ALL)))


def test_an_empty_answer_names_the_newest_record(engine: "Engine") -> None:
    keep(engine, "logs", log(time_ns=NOW_NS - 50 * HOUR_NS))
    assert logs(engine, LAST_DAY, ALL).newest == rfc3339(NOW_NS - 50 * HOUR_NS)
