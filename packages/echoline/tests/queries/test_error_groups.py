from typing import TYPE_CHECKING, Any

from batches import NOW_NS, SECOND_NS, Item, log, of, span
from echoline.model.answers import ErrorGroup
from echoline.model.instants import rfc3339
from echoline.queries.error_groups import ErrorFilter, errors
from echoline.queries.operation_rollups import OperationFilter
from echoline.queries.operations import operations
from kept import LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

ALL = ErrorFilter()


def failed(number: int, error: str = "KeyError", **columns: Any) -> Item:
    """A span whose exception event tells what its number is."""
    attributes = {"exception.type": error, "exception.message": f"no {number}", "exception.stacktrace": f"at {number}"}
    events = [of(time_ns=NOW_NS, name="exception", attributes=attributes), of(time_ns=NOW_NS, name="retry")]
    ids = {"trace_id": bytes([number]) * 16, "span_id": bytes([number]) * 8}
    usual = {"exception_type": error, "status_code": 2, "events": events, "start_ns": NOW_NS - number * SECOND_NS}
    return span(**{**ids, **usual, **columns})


def test_errors_are_grouped_and_the_newest_is_the_example(engine: "Engine") -> None:
    keep(engine, "traces", failed(3), failed(1), failed(2), span())
    operation_id = operations(engine, LAST_DAY, OperationFilter()).items[0].id
    (found,) = errors(engine, LAST_DAY, ALL).items
    assert found == ErrorGroup(
        id=found.id, source="span", type="KeyError", service="shop", environment="test", operation_id=operation_id,
        operation="GET /cart", kind="SERVER", count=3, traces=3, first_seen=rfc3339(NOW_NS - 3 * SECOND_NS),
        last_seen=rfc3339(NOW_NS - SECOND_NS), message="no 1", stack="at 1", trace_id="01" * 16, span_id="01" * 8,
    )  # fmt: skip


def test_a_group_names_the_function_that_raised_it(engine: "Engine") -> None:
    stack = (
        'Traceback (most recent call last):\n  File "/srv/shop/cart.py", line 41, in total\n    return tax(1)\n'
        '  File "/v/site-packages/taxes/rates.py", line 5, in tax\n    raise KeyError\nKeyError\n'
    )
    attributes = {"exception.type": "KeyError", "exception.stacktrace": stack}
    keep(engine, "traces", span(exception_type="KeyError", events=[of(time_ns=NOW_NS, attributes=attributes)]))
    keep(engine, "logs", log(exception_type="KeyError", attributes=attributes))
    keep(engine, "logs", log(exception_type="ValueError"))
    found = {(each.source, each.type): each for each in errors(engine, LAST_DAY, ALL).items}
    for source in ("span", "log"):
        told = found[source, "KeyError"]
        assert (told.function, told.file, told.line, told.is_library) == ("total", "/srv/shop/cart.py", 41, False)
        assert told.code_object == "python:?:total"
    assert (found["log", "ValueError"].function, found["log", "ValueError"].line) == ("", 0)


def test_a_span_without_an_exception_tells_its_status(engine: "Engine") -> None:
    keep(engine, "traces", span(status_code=2, status_message="timed out", error_type="timeout"))
    (found,) = errors(engine, LAST_DAY, ALL).items
    assert (found.type, found.message, found.stack) == ("timeout", "timed out", "")


def test_an_exception_that_was_handled_counts_too(engine: "Engine") -> None:
    keep(engine, "traces", failed(1, status_code=0))
    assert [each.type for each in errors(engine, LAST_DAY, ALL).items] == ["KeyError"]


def test_of_a_call_reported_twice_the_exception_counts_once(engine: "Engine") -> None:
    keep(engine, "traces", failed(1, is_repeat_report=True), span(status_code=2, is_repeat_report=True))
    assert [(each.type, each.count) for each in errors(engine, LAST_DAY, ALL).items] == [("KeyError", 1)]


def test_exceptions_in_log_records_are_told_apart(engine: "Engine") -> None:
    attributes = {"exception.message": "gone", "exception.stacktrace": "at x"}
    keep(engine, "logs", log("it failed", exception_type="OSError", attributes=attributes), log("fine"))
    (found,) = errors(engine, LAST_DAY, ALL).items
    assert (found.source, found.type, found.message, found.stack) == ("log", "OSError", "gone", "at x")
    assert (found.operation_id, found.operation, found.trace_id, found.traces) == (None, "", None, 0)


def test_the_newest_record_in_a_trace_leads_there(engine: "Engine") -> None:
    """A server tells of an exception once within the request, and once more behind it."""
    ids: list[dict[str, Any]] = [{"trace_id": bytes([n]) * 16, "span_id": bytes([n]) * 8} for n in (1, 2)]
    within = [log(exception_type="OSError", time_ns=NOW_NS - 9 * SECOND_NS, **each) for each in ids]
    behind = log(exception_type="OSError", time_ns=NOW_NS - SECOND_NS)
    keep(engine, "logs", *within, behind, behind)
    (found,) = errors(engine, LAST_DAY, ALL).items
    assert (found.count, found.traces) == (4, 2)
    assert (found.trace_id, found.span_id) in {("01" * 16, "01" * 8), ("02" * 16, "02" * 8)}


def test_errors_can_be_narrowed(engine: "Engine") -> None:
    cart = of(service="cart", environment="prod", version="2", revision="def")
    keep(engine, "traces", failed(1), failed(2, "shop.CartError", resource=cart, operation="GET /item"))
    keep(engine, "logs", log(exception_type="OSError"))
    for wanted in (
        ErrorFilter(service="cart"),
        ErrorFilter(environment="prod"),
        ErrorFilter(version="2"),
        ErrorFilter(revision="def"),
        ErrorFilter(type="carterror"),
        ErrorFilter(operation="GET /item"),
    ):
        assert [each.type for each in errors(engine, LAST_DAY, wanted).items] == ["shop.CartError"]


def test_pages_joined_are_the_whole_most_frequent_first(engine: "Engine") -> None:
    keep(engine, "traces", *(failed(n, f"Error{n % 5}") for n in range(1, 24)))
    keep(engine, "logs", *(log(exception_type=f"Log{n % 3}") for n in range(7)))
    found, cursor = list[ErrorGroup](), None
    while cursor is not None or not found:
        page = errors(engine, LAST_DAY, ALL, limit=3, cursor=cursor)
        found, cursor = [*found, *page.items], page.next
    assert found == list(errors(engine, LAST_DAY, ALL).items)
    assert [each.count for each in found] == [5, 5, 5, 4, 4, 3, 2, 2]
