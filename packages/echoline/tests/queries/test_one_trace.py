from typing import TYPE_CHECKING, Any

from batches import NOW_NS, SECOND_NS, Item, log, of, span
from echoline.model.answers_traces import Resource, SpanEvent, SpanLink, Trace
from echoline.model.instants import rfc3339
from echoline.queries.one_trace import trace
from kept import keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

TRACE_ID = "01" * 16
START_NS = NOW_NS - 60 * SECOND_NS


def id_of(number: int) -> bytes:
    return number.to_bytes(8, "big")


def child(number: int, parent: int, **columns: Any) -> Item:
    usual = {"span_id": id_of(number), "start_ns": START_NS + number, "kind": 1}
    if parent:
        usual["parent_span_id"] = id_of(parent)
    return span(f"work {number}", **{**usual, **columns})


def found(engine: "Engine", **bounds: int) -> Trace:
    answer = trace(engine, TRACE_ID, **bounds)
    assert answer is not None
    return answer


def test_a_trace_is_a_tree(engine: "Engine") -> None:
    keep(engine, "traces", child(3, 2), child(1, 0), child(2, 1), child(4, 1, ms=20, status_code=2))
    answer = found(engine)
    assert [(each.name, each.depth, each.offset_ns) for each in answer.spans] == [
        ("work 1", 0, 0),
        ("work 2", 1, 1),
        ("work 3", 2, 2),
        ("work 4", 1, 3),
    ]
    assert (answer.start, answer.duration_ns) == (rfc3339(START_NS + 1), 20_000_003)
    assert (answer.spans_total, answer.spans_left_out, answer.errors, answer.services) == (4, 0, 1, ("shop",))


def test_attributes_are_whole_again_and_originals_are_shown(engine: "Engine") -> None:
    sent = span(
        name="HTTP GET",
        attributes={"tenant": "blue", "items": 5},
        originals={"http.method": "GET", "http.status_code": 404},
        method="GET", status=404, route="/cart", trace_state="ot=th:8", status_message="no such cart",
    )  # fmt: skip
    keep(engine, "traces", sent)
    (only,) = found(engine).spans
    assert only.attributes == {
        "http.request.method": "GET",
        "http.route": "/cart",
        "http.response.status_code": 404,
        "tenant": "blue",
        "items": 5,
    }
    assert only.originals == {"http.method": "GET", "http.status_code": 404}
    assert (only.name, only.sent_name, only.trace_state) == ("GET /cart", "HTTP GET", "ot=th:8")
    assert (only.parent_span_id, only.status_message) == (None, "no such cart")


def test_events_links_and_resources_are_told(engine: "Engine") -> None:
    shop = of(service="shop", environment="test", version="1", instance="pod-1", attributes={"host.name": "box"})
    event = of(time_ns=START_NS + 7, name="exception", attributes={"exception.type": "KeyError"}, dropped_attributes=2)
    link = of(trace_id=b"\2" * 16, span_id=id_of(9), attributes={"why": "batch"})
    keep(engine, "traces", child(1, 0, resource=shop, events=[event], links=[link], scope=of(name="web", version="2")))
    answer = found(engine)
    (only,) = answer.spans
    assert only.events == (SpanEvent(rfc3339(START_NS + 7), 6, "exception", {"exception.type": "KeyError"}, 2),)
    assert only.links == (SpanLink("02" * 16, id_of(9).hex(), "", {"why": "batch"}, 0),)
    assert only.scope == "web 2"
    attributes = {
        "service.name": "shop",
        "service.version": "1",
        "service.instance.id": "pod-1",
        "deployment.environment.name": "test",
        "host.name": "box",
    }
    assert answer.resources == {only.resource_id: Resource("shop", "test", "1", "", attributes, {})}


def test_its_log_records_come_in_order_of_time(engine: "Engine") -> None:
    keep(engine, "traces", child(1, 0))
    ids: dict[str, Any] = {"trace_id": b"\1" * 16, "span_id": id_of(1)}
    other = log("other", trace_id=b"\2" * 16, time_ns=START_NS)
    keep(engine, "logs", log("two", time_ns=START_NS + 2, **ids), log("one", time_ns=START_NS + 1, **ids), other)
    answer = found(engine)
    assert [(each.body, each.span_id) for each in answer.logs] == [("one", id_of(1).hex()), ("two", id_of(1).hex())]
    assert [each.body for each in found(engine, max_logs=1).logs] == ["one"]
    assert found(engine, max_logs=1).logs_left_out == 1


def test_a_large_trace_is_cut_by_start_and_says_so(engine: "Engine") -> None:
    keep(engine, "traces", child(1, 0), *(child(n, 1) for n in range(2, 2001)))
    answer = found(engine, max_spans=1000)
    assert (len(answer.spans), answer.spans_total, answer.spans_left_out) == (1000, 2000, 1000)
    assert max(each.offset_ns for each in answer.spans) == 999


def test_a_broken_trace_keeps_all_its_spans(engine: "Engine") -> None:
    keep(engine, "traces", child(1, 99), child(2, 3), child(3, 2), child(4, 4), child(5, 1))
    assert {each.name: each.problem for each in found(engine).spans} == {
        "work 1": "missing_parent",
        "work 2": "circle",
        "work 3": None,
        "work 4": "circle",
        "work 5": None,
    }


def test_numbers_that_opentelemetry_does_not_know_do_no_harm(engine: "Engine") -> None:
    keep(engine, "traces", child(1, 0, kind=77, status_code=9))
    assert [(each.kind, each.status) for each in found(engine).spans] == [("UNSPECIFIED", "UNSET")]


def test_an_unknown_trace_is_none(engine: "Engine") -> None:
    assert trace(engine, "ab" * 16) is None
