from collections import defaultdict
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from echoline.pipeline.settling.code import CodeObjects
from echoline.pipeline.settling.facts import Facts, Finder
from echoline.pipeline.settling.flows import FlowIds
from pipeline.settling.making import CLIENT, CONSUMER, INTERNAL, PRODUCER, SERVER, Made, rows
from pipeline.settling.oracle import Trace, flow_of

# Few ids and times, so that siblings overlap, ids repeat, parents are missing and circles close.
SPANS = st.builds(
    lambda number, parent, start, length, **rest: Made(number, parent, start, start + length, **rest),
    number=st.integers(1, 9),
    parent=st.integers(0, 10),
    start=st.integers(0, 30),
    length=st.integers(0, 30),
    operation=st.sampled_from("abc"),
    kind=st.sampled_from([INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER]),
    service=st.sampled_from(["shop", "billing"]),
    trace=st.integers(1, 3),
    failed=st.booleans(),
    status=st.sampled_from([-1, 200, 404, 500]),
)


def finder() -> Finder:
    return Finder(CodeObjects(lambda ids: dict.fromkeys(ids, "python")), FlowIds())


def facts(*spans: Made) -> Facts:
    return finder().facts(rows(*spans), 1)


def by_span(found: Facts) -> dict[int, dict[str, Any]]:
    """Rows by span number, of one trace in which ids stand once."""
    return {int.from_bytes(row["span_id"], "big"): row for row in plain(found.tables["span_facts"])}


def plain(table: pa.Table) -> list[dict[str, Any]]:
    at = table.column_names.index("start")
    found: list[dict[str, Any]] = table.set_column(at, "start", table.column("start").cast(pa.int64())).to_pylist()
    return found


@given(st.lists(SPANS, min_size=1, max_size=25))
@settings(max_examples=300, deadline=None)
def test_the_fast_way_finds_what_the_slow_one_finds(spans: list[Made]) -> None:
    found = defaultdict[int, dict[tuple[int, int], dict[str, Any]]](dict)
    for row in plain(facts(*spans).tables["span_facts"]):
        found[int.from_bytes(row["trace_id"], "big")][int.from_bytes(row["span_id"], "big"), row["start"]] = row
    shapes = dict[str, object]()
    for trace, fast in found.items():
        mine = [each for each in spans if each.trace == trace]
        slow = Trace(mine).facts()
        assert {key: {name: row[name] for name in slow[key]} for key, row in fast.items()} == slow
        (flow,) = {row["flow"] for row in fast.values()}
        assert shapes.setdefault(flow, flow_of(mine)) == flow_of(mine)
        assert sum(row["is_root"] for row in fast.values()) == 1
    assert len(set(shapes.values())) == len(shapes)


@given(st.lists(SPANS, min_size=1, max_size=25), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_rows_changes_nothing(spans: list[Made], chance: Any) -> None:
    once = list({(each.trace, each.id, each.start): each for each in spans}.values())
    other = list(once)
    chance.shuffle(other)
    one, two = (plain(facts(*each).tables["span_facts"]) for each in (once, other))
    key = ("trace_id", "span_id", "start")
    assert sorted(one, key=lambda row: [row[name] for name in key]) == sorted(
        two, key=lambda row: [row[name] for name in key]
    )


def test_callers_and_entries_are_the_nearest_above() -> None:
    found = by_span(
        facts(
            Made(1, operation="GET /cart", kind=SERVER, function="shop.views.cart", file="/app/shop/views.py"),
            Made(2, 1, operation="middle"),
            Made(3, 2, operation="total", function="shop.cart.Cart.total", file="/app/shop/cart.py"),
            Made(4, 3, operation="GET billing", kind=CLIENT),
            Made(5, 4, operation="GET /bill", kind=SERVER, service="billing"),
            Made(6, 5, operation="sum", service="billing", function="billing.sum", file="/srv/billing.py"),
        )
    )
    assert [(row["code_object"], row["caller"], row["entry"]) for _, row in sorted(found.items())] == [
        ("python:shop.views:cart", "", "GET /cart"),
        ("", "python:shop.views:cart", "GET /cart"),
        ("python:shop.cart:Cart.total", "python:shop.views:cart", "GET /cart"),
        ("", "python:shop.cart:Cart.total", "GET /cart"),
        ("", "python:shop.cart:Cart.total", "GET /bill"),
        ("python:billing:sum", "python:shop.cart:Cart.total", "GET /bill"),
    ]


def test_a_hundred_queries_in_a_loop_are_a_hundred_repeats() -> None:
    loop = [Made(10 + number, 1, number, number + 1, "SELECT item", CLIENT) for number in range(100)]
    found = by_span(facts(Made(1, operation="GET /cart", kind=SERVER), *loop))
    assert {row["repeats"] for number, row in found.items() if number > 1} == {100}


def test_helper_spans_and_repeat_reports_are_folded_into_what_is_above() -> None:
    found = by_span(
        facts(
            Made(1, 0, 0, 100, "GET /cart", SERVER),
            Made(2, 1, 10, 60, "fastapi.endpoint", name="fastapi.endpoint"),
            Made(3, 2, 20, 40, "SELECT item", CLIENT, is_repeat_report=True),
            Made(4, 3, 25, 35, "SELECT item", CLIENT),
            Made(5, 1, 90, 95, "GET /cart http send", name="GET /cart http send"),
        )
    )
    assert {number: (row["self_ns"], row["repeats"]) for number, row in found.items()} == {1: (90, 1), 4: (10, 1)}


def test_only_left_out_spans_make_no_facts() -> None:
    assert facts(Made(1, is_repeat_report=True)).tables == {}
    assert facts().tables == {}


def test_a_trace_as_deep_as_ten_thousand_spans_is_settled() -> None:
    chain = [Made(number, number - 1, number, 30_000 - number) for number in range(1, 10_001)]
    found = by_span(facts(*chain))
    assert {row["self_ns"] for number, row in found.items() if number < 10_000} == {2}
    assert sum(row["critical_ns"] for row in found.values()) == 30_000 - 2


def test_a_trace_of_a_hundred_thousand_spans_is_settled() -> None:
    calls = [Made(number, 1, number * 10, number * 10 + 7, "SELECT item", CLIENT) for number in range(2, 100_001)]
    found = by_span(facts(Made(1, 0, 0, 2_000_000, "import"), *calls))
    assert found[1]["self_ns"] == found[1]["critical_ns"] == 2_000_000 - 7 * len(calls)
    assert found[2]["repeats"] == len(calls)


def test_durations_near_the_end_of_time_do_not_overflow() -> None:
    longest = 2**63 - 1
    found = by_span(facts(Made(1, 0, 0, longest), Made(2, 1, 5, longest - 5), Made(3, 1, 6, longest - 6)))
    assert [found[number]["self_ns"] for number in (1, 2, 3)] == [10, longest - 10, longest - 12]
