from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from batches import of
from echoline.errors import BadInput
from echoline.queries.code_objects import CodeFilter, code_object, code_objects, facts_of_file
from kept import LAST_DAY
from settling_by_hand import Settled, made

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

CART: Any = {"function": "shop.cart.Cart.total", "file": "/app/shop/cart.py", "line": 12}
VIEW: Any = {"function": "shop.views.cart", "file": "/app/shop/views.py", "line": 3}
LIBRARY: Any = {"function": "json.loads", "file": "/usr/lib/python3.12/json/__init__.py", "line": 99}
NEW: Any = {"resource": of(service="shop", environment="test", version="2", revision="def")}
KEY = "python:shop.cart:Cart.total"


@pytest.fixture
def shop(engine: "Engine", tmp_path: Path) -> "Engine":
    """Two requests: one in revision abc, one, slower and failing, in def."""
    bench = Settled(tmp_path, engine)
    bench.arrive(
        made(1, ms=100, operation="GET /cart", **VIEW),
        made(2, 1, at_ms=10, ms=30, operation="total", kind=1, **CART),
        made(3, 2, at_ms=20, ms=10, operation="loads", kind=1, **LIBRARY),
        made(4, ms=200, trace=2, operation="GET /cart", **VIEW, **NEW),
        made(5, 4, at_ms=10, ms=90, trace=2, operation="total", kind=1, status_code=2, **CART, **NEW),
        made(6, 4, at_ms=100, ms=90, trace=2, operation="total", kind=1, **CART, **NEW),
    )
    bench.settle.flush()
    return engine


def test_code_objects_are_listed_with_what_they_cost(shop: "Engine") -> None:
    found = code_objects(shop, LAST_DAY, CodeFilter()).items
    assert [(each.code_object, each.calls, each.errors, each.duration_sum_ns, each.self_sum_ns) for each in found] == [
        (KEY, 3, 1, 210_000_000, 200_000_000),
        ("python:shop.views:cart", 2, 0, 300_000_000, 90_000_000),
        ("python:json:loads", 1, 0, 10_000_000, 10_000_000),
    ]
    first = found[0]
    assert (first.language, first.module, first.qualname, first.file, first.line, first.is_library) == (
        *("python", "shop.cart", "Cart.total", "/app/shop/cart.py", 12, False),
    )
    assert first.p95_ns == pytest.approx(90_000_000, rel=0.011)
    assert first.self_p50_ns == pytest.approx(90_000_000, rel=0.011)
    assert sum(each.critical_sum_ns for each in found) == 300_000_000


@pytest.mark.parametrize(
    ("wanted", "calls"),
    [
        (CodeFilter(path="shop/cart.py"), [3]),
        (CodeFilter(path="/app/shop/cart.py"), [3]),
        (CodeFilter(path="art.py"), []),
        (CodeFilter(libraries=False), [3, 2]),
        (CodeFilter(revision="def"), [2, 1]),
        (CodeFilter(version="1"), [1, 1, 1]),
        (CodeFilter(name="CART.t"), [3]),
        (CodeFilter(service="other"), []),
    ],
)
def test_only_those_that_fit_are_listed(shop: "Engine", wanted: CodeFilter, calls: list[int]) -> None:
    assert [each.calls for each in code_objects(shop, LAST_DAY, wanted, sort="calls").items] == calls


def test_pages_join_to_the_whole_list(shop: "Engine") -> None:
    found, cursor = list[str](), None
    for _ in range(5):
        page = code_objects(shop, LAST_DAY, CodeFilter(), limit=1, cursor=cursor)
        found += [each.code_object for each in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert found == [KEY, "python:shop.views:cart", "python:json:loads"]
    with pytest.raises(BadInput):
        code_objects(shop, LAST_DAY, CodeFilter(service="shop"), cursor="x")


def test_one_code_object_tells_callers_flows_places_and_revisions(shop: "Engine") -> None:
    found = code_object(shop, LAST_DAY, KEY)
    assert found is not None
    assert (found.calls, found.errors) == (3, 1)
    assert [(each.code_object, each.entry, each.calls, each.max_repeats) for each in found.callers] == [
        ("python:shop.views:cart", "GET /cart", 3, 2)
    ]
    assert sorted((each.entry, each.calls, each.traces) for each in found.flows) == [
        ("GET /cart", 1, 1),
        ("GET /cart", 2, 1),
    ]
    assert [(each.file, each.line, each.revision) for each in found.places] == [
        ("/app/shop/cart.py", 12, "abc"),
        ("/app/shop/cart.py", 12, "def"),
    ]
    assert [(each.version, each.revision, each.calls, each.errors) for each in found.revisions] == [
        ("1", "abc", 1, 0),
        ("2", "def", 2, 1),
    ]


def test_a_code_object_that_was_never_seen_is_none(shop: "Engine") -> None:
    assert code_object(shop, LAST_DAY, "python:shop.cart:gone") is None


def test_the_facts_of_a_file_are_in_the_order_of_its_lines(shop: "Engine") -> None:
    assert [each.qualname for each in facts_of_file(shop, LAST_DAY, CodeFilter(path="cart.py"))] == ["Cart.total"]
