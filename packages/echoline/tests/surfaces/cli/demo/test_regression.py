"""The end of the demo: the endpoint that got worse, since which deployment, by how much, and the function."""

from typing import Any

from answer_builders import NOW_NS, drawn
from echoline.model.answers_code import CodeObject
from echoline.model.answers_compare import (
    Change,
    Comparison,
    Judged,
    Measured,
    MeasureName,
    Numbers,
    SideShown,
    Subject,
)
from echoline.model.answers_deployments import Deployment
from echoline.surfaces.cli.demo.history import Commit
from echoline.surfaces.cli.demo.regression import Regression, lines, regression

AT = "2026-11-22T10:00:00.000000000Z"
SIDE = SideShown("1.4.0", "version", ("shop 1.4.0",), AT, AT, 500)
COMMITS = [Commit("a" * 40, "Ada", "Open the shop"), Commit("b" * 40, "Ben", "Show similar products")]
DEPLOYED = Deployment(
    "d" * 16, "shop", "demo", "1.5.0", "b" * 40, "1.4.0", "a" * 40, False, None, AT, AT, None, 500, "worse", False
)  # fmt: skip
FUNCTION = "python:shop.web.catalogue:_similar"
CODE = CodeObject(
    FUNCTION, "shop", "demo", "python", "shop.web.catalogue", "_similar", False, "/srv/shop/web/catalogue.py", 85, 200,
    0, 1, 1, 1, 1, 1, 1, 1, 1,
)  # fmt: skip


def change(subject: Subject, name: str, measure: MeasureName, verdict: Judged, **others: Any) -> Change:
    numbers = Numbers(100, 0, 6.0, 20_000_000, 20_000_000, 40_000_000, 50_000_000, self_ns=20_000_000)
    sides = others.get("sides", (20e6, 80e6))
    made = Measured(measure, sides[0], sides[1], sides[1] / sides[0] - 1, 2.0, 4.0, 0.0002, 100, 100, 0.1, verdict)
    none = Numbers(0, 0, 0.0, None, None, None, None)
    is_new = others.get("is_new", False)
    return Change(
        subject, name, "shop", "demo", "SERVER", name, "new" if is_new else "both", verdict, 0.1,
        none if is_new else numbers, numbers, () if is_new else (made,),
    )  # fmt: skip


def found(*items: Change) -> Regression | None:
    comparison = Comparison(SIDE, SIDE, "windows", 1, 0, 0, 0, (), items, 0)
    return regression(comparison, DEPLOYED, COMMITS, {FUNCTION: CODE})


SLOWER = change("endpoint", "GET /products/{product_id}", "duration", "worse")


def test_it_says_endpoint_release_commit_function_and_queries() -> None:
    worst = found(
        change("operation", "fastapi.endpoint", "duration", "worse"),
        SLOWER,
        change("query", "SELECT a FROM t", "queries", "worse", sides=(0.5, 3.4)),
        change("code_object", FUNCTION, "self_time", "unknown", is_new=True),
    )
    assert worst is not None
    told = " ".join(drawn(lines(worst, NOW_NS), width=160).split())
    assert "GET /products/{product_id} is slower: 20.0 ms → 80.0 ms a call" in told
    assert "since shop 1.5.0" in told
    assert "commit bbbbbbbbb Show similar products Ben" in told
    assert "function _similar is new: 2.00 s in 100 spans shop/web/catalogue.py:85" in told
    assert "queries one of them 0.5 → 3.4 per request" in told


def test_a_function_that_became_slower_is_named_too() -> None:
    slow = change("code_object", "python:shop.web.catalogue:product", "self_time", "worse")
    worst = found(SLOWER, slow)
    assert worst is not None
    assert worst.function is slow


def test_without_a_slower_endpoint_there_is_nothing_to_say() -> None:
    assert found(change("endpoint", "GET /a", "duration", "unchanged")) is None
    assert found(change("operation", "fastapi.endpoint", "duration", "worse")) is None
