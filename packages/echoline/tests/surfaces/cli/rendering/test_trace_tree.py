from datetime import UTC
from typing import Any

import pytest
from inline_snapshot import snapshot

from answer_builders import NOW_NS, drawn, event, log, span, trace
from echoline.model.answers_traces import Trace
from echoline.surfaces.cli.rendering.trace_tree import TraceTree

STACK = """Traceback (most recent call last):
  File "/app/shop/cart.py", line 41, in checkout
    charge(order)
  File "/venv/lib/python3.11/site-packages/httpx/_client.py", line 9, in post
    raise ReadTimeout(message)
httpx.ReadTimeout: timed out
"""


def _select(offset_ms: float, table: str = "lines", **others: Any) -> Any:
    query = f"SELECT {table}.id, {table}.name, {table}.price FROM {table} WHERE {table}.order_id = ?"
    return span(query, offset_ms, 3, kind="CLIENT", query=query, **others)


@pytest.fixture
def checkout() -> Trace:
    """A checkout: a loop over two statements, a call of another service that times out, logs on two spans."""
    timeout = {"exception_type": "httpx.ReadTimeout", "exception_message": "timed out", "exception_stacktrace": STACK}
    spans = [
        span(
            "POST /checkout",
            0,
            240,
            depth=0,
            kind="SERVER",
            status="ERROR",
            attributes={"http.response.status_code": 500},
        ),
        *(_select(10 + 12 * number, is_repeat_report=False) for number in range(4)),
        *(_select(14 + 12 * number, "stock") for number in range(4)),
        _select(14, "stock", is_repeat_report=True),
        span("POST /payments", 80, 150, kind="CLIENT", status="ERROR", events=(event("exception", 230, **timeout),)),
        span(
            "POST /payments", 85, 140, depth=2, kind="SERVER", service="backoffice", parent_span_id="POST /payments@80"
        ),
        span("POST /checkout http send", 239, 0.01, sent_name="POST /checkout http send"),
    ]
    logs = [
        log("charging 12.90", 81, span_id="POST /payments@80"),
        log("payment failed\nTraceback …", 231, severity="ERROR", span_id="POST /checkout@0"),
        log("of no span", 240, severity="WARN", span_id="gone"),
    ]
    return trace(spans, logs=logs)


def test_a_trace_at_100_columns(checkout: Trace) -> None:
    assert drawn(TraceTree(checkout, NOW_NS, UTC), 100) == snapshot("""\

Trace 0af7651916cd43dd8448eb211c80319c
240 ms · 13 spans · 2 errors · 1 min ago (09:58:30.000)
shop  test · 1.4.0 · b5643a939
backoffice  test · 1.4.0 · b5643a939

                                                                      0                       240 ms
shop  POST /checkout  ✗ 500                                   240 ms  ██████████████████████████████
│  +231 ms  ▪ error  payment failed
├─ SELECT … FROM lines WHERE lines.order_id = ?  ×4          12.0 ms   ▌▏ ▌▏
├─ SELECT … FROM stock WHERE stock.order_id = ?  ×4          12.0 ms   ▏ ▌▏ ▌
└─ POST /payments  ✗                                          150 ms            ███████████████████
   │  +81.0 ms  ▪ info  charging 12.90
   │  +230 ms  ✗ httpx.ReadTimeout: timed out
   │  +230 ms    at /app/shop/cart.py:41 in checkout
   └─ backoffice  POST /payments                              140 ms            ▐█████████████████
+240 ms  ▪ warn  of no span

Left out: 1 second report of one call, 1 step of the web framework. --all shows every span.
""")


def test_a_trace_at_80_columns(checkout: Trace) -> None:
    assert drawn(TraceTree(checkout, NOW_NS, UTC), 80) == snapshot("""\

Trace 0af7651916cd43dd8448eb211c80319c
240 ms · 13 spans · 2 errors · 1 min ago (09:58:30.000)
shop  test · 1.4.0 · b5643a939
backoffice  test · 1.4.0 · b5643a939

                                                        0                 240 ms
shop  POST /checkout  ✗ 500                     240 ms  ████████████████████████
│  +231 ms  ▪ error  payment failed
├─ SELECT … FROM lines WHERE lines.ord…  ×4    12.0 ms   ▌▌▏▐
├─ SELECT … FROM stock WHERE stock.ord…  ×4    12.0 ms   ▏▐▏ ▌
└─ POST /payments  ✗                            150 ms          ███████████████
   │  +81.0 ms  ▪ info  charging 12.90
   │  +230 ms  ✗ httpx.ReadTimeout: timed out
   │  +230 ms    at /app/shop/cart.py:41 in checkout
   └─ backoffice  POST /payments                140 ms          ▐█████████████▌
+240 ms  ▪ warn  of no span

Left out: 1 second report of one call, 1 step of the web framework. --all shows
every span.
""")


def test_a_whole_trace_has_a_line_per_span(checkout: Trace) -> None:
    text = drawn(TraceTree(checkout, NOW_NS, UTC, is_whole=True))
    assert text.count("FROM stock") == 5
    assert "http send" in text
    assert "Left out" not in text


def test_no_line_is_wider_than_the_terminal(checkout: Trace) -> None:
    for width in (40, 60, 80, 200):
        assert max(map(len, drawn(TraceTree(checkout, NOW_NS, UTC), width).splitlines())) <= width


def test_what_is_odd_is_said() -> None:
    odd = trace(
        [span("late", 5, 10, depth=0, problem="missing_parent", status="ERROR", status_message="deadline\nexceeded")],
        spans_left_out=70,
        logs_left_out=3,
    )
    assert drawn(TraceTree(odd, NOW_NS, UTC)) == snapshot("""\

Trace 0af7651916cd43dd8448eb211c80319c
15.0 ms · 1 span · 1 error · 1 min ago (09:58:30.000)
shop  test · 1.4.0 · b5643a939

                                                                      0                      15.0 ms
shop  late  ✗  ⚠ its parent has not arrived                  10.0 ms            ████████████████████
   +15.0 ms  ✗ deadline

The trace is too large: 70 spans and 3 log records at its end are not shown.
""")


def test_the_function_of_a_span_is_told() -> None:
    code = {
        "code.function.name": "shop.web:checkout",
        "code.file.path": "/app/shop/web/cart.py",
        "code.line.number": 88,
    }
    told = drawn(TraceTree(trace([span("work", depth=0, attributes=code)]), NOW_NS, UTC))
    assert "shop  work  web.checkout (web/cart.py:88)" in told


def test_a_logged_exception_is_told_once_with_its_place() -> None:
    """Also when the span carries it too."""
    said = {"exception.message": "division by zero", "exception.stacktrace": STACK}
    record = log(
        "unhandled", 3, severity="ERROR", span_id="work@0", exception_type="ZeroDivisionError", attributes=said
    )
    noted = event(
        "exception", 2, exception_type="ZeroDivisionError", **{key.replace(".", "_"): said[key] for key in said}
    )
    for events in ((), (noted,)):
        drawing = drawn(TraceTree(trace([span("work", events=events)], logs=[record]), NOW_NS, UTC))
        assert "▪ error  unhandled" in drawing
        assert drawing.count("✗ ZeroDivisionError: division by zero") == 1
        assert drawing.count("at /app/shop/cart.py:41 in checkout") == 1


def test_a_failed_span_is_marked_without_colours() -> None:
    failed = span("POST /pay", status="ERROR", attributes={"http.response.status_code": 500})
    told = drawn(TraceTree(trace([failed, span("fine")]), NOW_NS, UTC))
    assert "POST /pay  ✗ 500" in told
    assert told.count("✗") == 1


def test_an_empty_trace_is_drawn_too() -> None:
    assert "0 spans" in drawn(TraceTree(trace([]), NOW_NS, UTC))
