from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from echoline.queries.flows import FlowFilter, flow, flows
from kept import LAST_DAY
from settling_by_hand import Settled, made

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

CART: Any = {"function": "shop.cart.Cart.total", "file": "/app/shop/cart.py", "line": 12}


@pytest.fixture
def shop(engine: "Engine", tmp_path: Path) -> "Engine":
    """Three requests for a cart, with one, two and three queries, and one for a user."""
    bench, number = Settled(tmp_path, engine), iter(range(10, 100))
    for trace in (1, 2, 3):
        loop = [
            made(next(number), trace, at_ms=10 * n, ms=5, trace=trace, operation="SELECT item", kind=3, query="SELECT")
            for n in range(trace)
        ]
        bench.arrive(made(trace, ms=100, trace=trace, operation="GET /cart", **CART), *loop)
    bench.arrive(made(4, ms=50, trace=4, operation="GET /user", status_code=2))
    bench.settle.flush()
    return engine


def test_flows_are_listed_with_their_share_of_the_traffic(shop: "Engine") -> None:
    cart, user = flows(shop, LAST_DAY, FlowFilter()).items
    assert (cart.entry, cart.kind, cart.calls, cart.share, cart.errors, cart.steps_total) == (
        *("GET /cart", "SERVER", 3, 0.75, 0, 2),
    )
    assert (user.entry, user.calls, user.share, user.errors, user.sample) == ("GET /user", 1, 0.25, 1, f"{4:032x}")


@pytest.mark.parametrize(
    ("wanted", "entries"),
    [
        (FlowFilter(entry="USER"), ["GET /user"]),
        (FlowFilter(code_object="python:shop.cart:Cart.total"), ["GET /cart"]),
        (FlowFilter(revision="other"), []),
        (FlowFilter(service="shop", environment="test"), ["GET /cart", "GET /user"]),
    ],
)
def test_only_those_that_fit_are_listed(shop: "Engine", wanted: FlowFilter, entries: list[str]) -> None:
    assert [each.entry for each in flows(shop, LAST_DAY, wanted).items] == entries


def test_pages_join_to_the_whole_list(shop: "Engine") -> None:
    first = flows(shop, LAST_DAY, FlowFilter(), limit=1)
    second = flows(shop, LAST_DAY, FlowFilter(), limit=1, cursor=first.next)
    assert [each.entry for each in (*first.items, *second.items)] == ["GET /cart", "GET /user"]
    assert second.next is None


def test_one_flow_tells_its_steps_and_traces(shop: "Engine") -> None:
    (listed,) = flows(shop, LAST_DAY, FlowFilter(entry="cart")).items
    found = flow(shop, LAST_DAY, listed.id)
    assert found is not None
    assert [
        (each.depth, each.operation, each.calls, each.calls_per_trace, each.max_repeats) for each in found.steps
    ] == [
        (0, "GET /cart", 3, 1.0, 1),
        (1, "SELECT item", 6, 2.0, 3),
    ]
    assert found.steps[0].code_objects == ("python:shop.cart:Cart.total",)
    assert found.steps[1].is_query
    assert found.steps[1].self_sum_ns == 30_000_000
    assert sorted(found.traces) == [f"{each:032x}" for each in (1, 2, 3)]


def test_an_unknown_flow_is_none(shop: "Engine") -> None:
    assert flow(shop, LAST_DAY, "0" * 16) is None
