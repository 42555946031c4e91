from dataclasses import replace
from typing import Any

from answer_builders import drawn
from echoline.model.answers_code import Caller, CodeObject, CodeObjectDetail, CodeRevision, Flow, FlowDetail, FlowStep
from echoline.surfaces.cli.rendering import code

MS = 10**6
TOTAL = CodeObject(
    *(
        "python:shop.cart:Cart.total",
        "shop",
        "prod",
        "python",
        "shop.cart",
        "Cart.total",
        False,
        "/app/shop/cart.py",
        12,
    ),
    *(1204, 7, 4 * MS, 9 * MS, 20 * MS, 5000 * MS, 2 * MS, 3 * MS, 2400 * MS, 4100 * MS),
)
CART = Flow(
    *("6274a2f989eeeed7", "shop", "prod", "GET /cart", "SERVER", ("shop",), 2, 96, 0.0525, 3, 300 * MS, 1800 * MS),
    *(3000 * MS, 40_000 * MS, "0af7651916cd43dd8448eb211c80319c"),
)
STEP = FlowStep(
    0, "shop", "SERVER", "GET /cart", 96, 1.0, 1, 3, 40_000 * MS, 900 * MS, 900 * MS, (TOTAL.code_object,), False
)


def fields(item: object) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}  # type: ignore[attr-defined]


def test_code_objects_are_rows_with_calls_and_self_time() -> None:
    text = drawn(code.code_objects([TOTAL, replace(TOTAL, qualname="gone", errors=0)]), 120)
    assert "python:shop.cart:Cart.total" in text
    assert "2.40 s" in text
    assert text.count("0.6 %") == 1


def test_one_code_object_shows_callers_and_more_than_one_revision() -> None:
    revision = CodeRevision("1.4.2", "2ac89889", 600, 0, 4 * MS, 9 * MS, 20 * MS, 2 * MS, 3 * MS, 1200 * MS)
    caller = Caller("python:shop.views:cart", "GET /cart", 1204, 7, 5000 * MS, 2400 * MS, 12)
    found = CodeObjectDetail(
        **fields(TOTAL),
        since="",
        until="",
        places=(),
        callers=(caller,),
        flows=(),
        revisions=(revision, revision),
    )
    text = drawn(code.code_object(found), 120)
    assert "/app/shop/cart.py:12" in text
    assert "python:shop.views:cart" in text
    assert "×12" in text
    assert text.count("2ac89889") == 2


def test_a_flow_is_a_tree_of_steps() -> None:
    query = replace(STEP, depth=1, kind="CLIENT", operation="SELECT item", calls_per_trace=27.4, max_repeats=40)
    found = FlowDetail(**fields(CART), since="", until="", steps=(STEP, query), traces=(CART.sample,))
    text = drawn(code.flow(found), 120)
    assert "5.2 %" in text
    assert "\n  SELECT item" in text
    assert "×27.4" in text
    assert f"echoline trace {CART.sample}" in text
