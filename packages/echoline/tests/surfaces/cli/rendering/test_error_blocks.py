from typing import Any

from inline_snapshot import snapshot

from answer_builders import NOW_NS, at, drawn
from echoline.model.answers import ErrorGroup
from echoline.surfaces.cli.rendering.error_blocks import ErrorBlock

STACK = """Traceback (most recent call last):
  File "/app/shop/reviews.py", line 30, in rating
    return total / len(reviews)
ZeroDivisionError: division by zero"""


def _group(**others: Any) -> ErrorGroup:
    given: dict[str, Any] = {
        "id": "1", "source": "span", "type": "ZeroDivisionError", "service": "shop", "environment": "demo",
        "operation_id": "0", "operation": "GET /products/{product_id}/rating", "kind": "SERVER", "count": 12,
        "traces": 12, "first_seen": at(0), "last_seen": at(60_000), "message": "division by zero", "stack": STACK,
        "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": None,
    }  # fmt: skip
    return ErrorGroup(**(given | others))


def test_a_block_says_what_how_often_where_and_how_to_go_on() -> None:
    assert drawn(ErrorBlock(_group(), NOW_NS)) == snapshot("""\

×12  ZeroDivisionError: division by zero
     shop (demo)  GET /products/{product_id}/rating  from spans
     at /app/shop/reviews.py:30 in rating
     first 1 min ago, last 30 s ago · 12 spans in 12 traces · echoline trace 0af7651916cd43dd
""")


def test_log_records_are_counted_as_such() -> None:
    """They may be several of one failure."""
    told = drawn(ErrorBlock(_group(source="log", operation="", count=10, traces=5), NOW_NS))
    assert "shop (demo)  from logs" in told
    assert "10 log records in 5 traces" in told


def test_the_stack_on_demand() -> None:
    library = 'Traceback\n  File "/x/site-packages/lib/b.py", line 2, in b\n    b()\n'
    group = _group(stack=library + STACK)
    assert drawn(ErrorBlock(group, NOW_NS, "whole")).count("│") == len(group.stack.splitlines())
    assert "⋮ 1 frame of lib" in drawn(ErrorBlock(group, NOW_NS, "own"))


def test_a_status_as_type_is_told_as_one() -> None:
    assert "×12  HTTP 500" in drawn(ErrorBlock(_group(type="500", message=""), NOW_NS))


def test_little_known_is_little_said() -> None:
    bare = _group(type="", message="", stack="", trace_id=None, traces=0, operation="", last_seen=at(0), count=1)
    assert drawn(ErrorBlock(bare, NOW_NS)) == snapshot("""\

×1  an error without words
    shop (demo)  from spans
    last 1 min ago · 1 span
""")
