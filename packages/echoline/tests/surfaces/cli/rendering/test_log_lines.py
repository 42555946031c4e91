from inline_snapshot import snapshot
from rich.console import Group

from answer_builders import NOW_NS, drawn, log
from echoline.surfaces.cli.rendering.log_lines import LogLine

STACK = 'Traceback (most recent call last):\n  File "/app/shop/cart.py", line 41, in checkout\nKeyError: 1\n'
RECORDS = [
    log("order 17 sent", 12.5, trace_id="0af7651916cd43dd8448eb211c80319c"),
    log(
        "checkout failed\nfor order 18\nof customer 3", 80, severity="ERROR", service="backoffice",
        exception_type="KeyError",
        attributes={"exception.message": "1", "exception.stacktrace": STACK},
    ),
    log({"event": "cache", "hits": 3}, 90, severity="UNSPECIFIED"),
    log("x" * 300, 95, severity="DEBUG"),
]  # fmt: skip


def test_a_line_a_record_with_its_exception_below() -> None:
    assert drawn(Group(*(LogLine(record, NOW_NS) for record in RECORDS)), 100) == snapshot("""\

09:58:30.012  info   shop  order 17 sent                                            0af7651916cd43dd
09:58:30.080  error  backoffice  checkout failed  +2 lines
    ✗ KeyError: 1
      at /app/shop/cart.py:41 in checkout
09:58:30.090         shop  {"event": "cache", "hits": 3}
09:58:30.095  debug  shop  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
""")


def test_narrow_lines_leave_out_the_trace_and_all_lines_come_on_demand() -> None:
    lines = Group(*(LogLine(record, NOW_NS, with_service=False, is_whole=True) for record in RECORDS))
    assert drawn(lines, 60) == snapshot("""\

09:58:30.012  info   order 17 sent
09:58:30.080  error  checkout failed
    for order 18
    of customer 3
    ✗ KeyError: 1
      at /app/shop/cart.py:41 in checkout
09:58:30.090         {"event": "cache", "hits": 3}
09:58:30.095  debug  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
""")
