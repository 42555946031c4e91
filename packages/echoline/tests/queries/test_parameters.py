from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from echoline.model.answers_parameters import Parameter, TypeShare, UsualValue
from echoline.queries import calls as calls_module
from echoline.queries import parameters as module
from echoline.queries.calls import Calls
from echoline.queries.parameters import parameters
from kept import LAST_DAY
from settling_by_hand import Settled, made

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

CART: Any = {"function": "shop.cart.Cart.total", "file": "/app/shop/cart.py", "line": 12, "operation": "total"}
KEY = "python:shop.cart:Cart.total"
ASKED = Calls(LAST_DAY, KEY)


def arguments(n: int) -> dict[str, Any]:
    """Every fifth call has many lines; every fourth no coupon."""
    lines = 900 + n if n % 5 == 0 else n % 10
    coupon = {"code.argument.coupon.type": "None"} if n % 4 == 0 else {"code.argument.coupon": f"code {n % 3}"}
    return {
        "code.argument.lines.length": lines,
        "tenant": "blue" if n % 10 == 0 else "red",
        "noise": n * 7 % 13,
    } | coupon


@pytest.fixture
def shop(engine: "Engine", tmp_path: Path) -> "Engine":
    """100 calls: those with many lines are slow, those of one tenant fail; and other calls beside them."""
    bench = Settled(tmp_path, engine)
    spans = [
        made(n, trace=n, at_ms=n, ms=500 if n % 5 == 0 else 5 + n % 3, status_code=2 * (n % 10 == 0),
             attributes=arguments(n), **CART)
        for n in range(1, 101)
    ]  # fmt: skip
    other = [made(1000 + n, trace=1000 + n, operation="other", attributes={"other": 1}) for n in range(10)]
    bench.arrive(*spans, *other)
    bench.settle.flush()
    return engine


def by_key(items: tuple[Parameter, ...]) -> dict[str, Parameter]:
    return {each.key: each for each in items}


def test_each_attribute_tells_types_ranges_and_usual_values(shop: "Engine") -> None:
    found = parameters(shop, ASKED)
    assert (found.calls, found.sampled) == (100, 100)
    assert [each.key for each in found.items][:2] == ["code.argument.coupon", "code.argument.lines.length"]
    told = by_key(found.items)
    assert set(told) == {"code.argument.coupon", "code.argument.lines.length", "tenant", "noise"}
    assert told["code.argument.coupon"] == Parameter(
        *("code.argument.coupon", 100, 1.0, (TypeShare("string", 0.75), TypeShare("null", 0.25)), 0.25),
        *(None, None, 6, 6, 3),
        (UsualValue("code 0", 25), UsualValue("code 1", 25), UsualValue("code 2", 25)),
    )
    lines = told["code.argument.lines.length"]
    assert (lines.types, lines.lowest, lines.highest, lines.shortest) == ((TypeShare("int", 1.0),), 1, 1000, None)
    assert told["tenant"].values == (UsualValue("red", 90), UsualValue("blue", 10))


def test_what_slow_calls_are_given_is_told_from_the_rest(shop: "Engine") -> None:
    found = parameters(shop, ASKED, slower_than_ns=100_000_000)
    assert (found.slower_than_ns, found.slow.selected, found.slow.rest) == (100_000_000, 20, 80)
    first = found.slow.numbers[0]
    assert (first.key, first.above, first.selected, first.rest) == ("code.argument.lines.length", 1.0, 20, 80)
    assert first.selected_median > 900 > 10 > first.rest_median
    assert {each.key for each in found.slow.numbers} == {"code.argument.lines.length"}


def test_what_failing_calls_share_comes_first_and_chance_is_left_out(shop: "Engine") -> None:
    failing = parameters(shop, ASKED).failing
    assert (failing.selected, failing.rest, failing.selected_sampled, failing.rest_sampled) == (10, 90, 10, 90)
    assert [(each.key, each.value, each.selected, each.rest) for each in failing.values] == [
        ("tenant", "blue", 10, 0),
        ("tenant", "red", 0, 90),
    ]


def test_slow_is_above_the_95th_percentile_unless_told(engine: "Engine", tmp_path: Path) -> None:
    bench = Settled(tmp_path, engine)
    bench.arrive(*(made(n, trace=n, ms=n, attributes={"big": n > 95}, **CART) for n in range(1, 101)))
    bench.settle.flush()
    found = parameters(engine, ASKED)
    assert found.slower_than_ns in (95_000_000, 96_000_000)
    assert found.slow.selected in (4, 5)
    assert found.slow.values[0].key == "big"


def test_many_calls_are_sampled_and_only_the_newest_are(
    engine: "Engine", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SAMPLE", 200)
    monkeypatch.setattr(calls_module, "MOST_CALLS", 1500)
    bench = Settled(tmp_path, engine)
    bench.arrive(*(
        made(n, trace=n, at_ms=n, status_code=2 * (n % 100 == 0), attributes={"coupon": f"{n % 2}"}, **CART)
        for n in range(1, 2001)
    ))  # fmt: skip
    bench.settle.flush()
    found = parameters(engine, ASKED)
    assert found.calls == 1500
    assert 140 < found.sampled < 260
    assert (found.failing.selected, found.failing.selected_sampled) == (15, 15), "what is rare is looked at whole"
    assert 140 < found.failing.rest_sampled < 260
    assert parameters(engine, ASKED) == found


def test_lists_have_the_number_of_their_elements(engine: "Engine", tmp_path: Path) -> None:
    bench = Settled(tmp_path, engine)
    bench.arrive(made(1, attributes={"ids": [1, 2, 3], "price": 2.5, "note": "ä" * 900}, **CART))
    bench.settle.flush()
    told = by_key(parameters(engine, ASKED).items)
    assert [each.type for each in told["ids"].types] == ["array"]
    assert (told["ids"].shortest, told["ids"].longest) == (3, 3)
    assert (told["price"].lowest, told["price"].highest) == (2.5, 2.5)
    assert (told["note"].longest, len(told["note"].values[0].value)) == (900, 200)


def test_an_operation_is_asked_for_likewise(shop: "Engine") -> None:
    found = parameters(shop, Calls(LAST_DAY, operation="other", service="shop"))
    assert (found.calls, [each.key for each in found.items]) == (10, ["other"])


def test_without_calls_there_is_nothing(engine: "Engine") -> None:
    found = parameters(engine, ASKED)
    assert (found.calls, found.sampled, found.items, found.slower_than_ns) == (0, 0, (), 0)
    assert (found.slow.selected, found.failing.values) == (0, ())
