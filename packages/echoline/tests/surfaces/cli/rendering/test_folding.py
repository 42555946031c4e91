from typing import Any

import pytest

from answer_builders import event, span
from echoline.model.answers_traces import TraceSpan
from echoline.surfaces.cli.rendering.folding import Node, folded

Shape = list[tuple[str, int, "Shape"]]


def _shape(nodes: tuple[Node, ...]) -> Shape:
    return [(node.span.name, len(node.spans), _shape(node.below)) for node in nodes]


def _loop(*names: str, times: int = 4, **others: Any) -> list[TraceSpan]:
    return [span(name, 10 * turn + place, 1, **others) for turn in range(times) for place, name in enumerate(names)]


def test_a_loop_over_two_statements_gives_two_lines() -> None:
    spans = [span("root", depth=0), *_loop("SELECT a", "SELECT b")]
    assert _shape(folded(spans).roots) == [("root", 1, [("SELECT a", 4, []), ("SELECT b", 4, [])])]


def test_two_that_are_alike_stay_apart() -> None:
    assert _shape(folded([span("root", depth=0), *_loop("SELECT a", times=2)]).roots[0].below) == [
        ("SELECT a", 1, []),
        ("SELECT a", 1, []),
    ]


def test_subtrees_are_folded_with_what_hangs_below() -> None:
    turns = [each for turn in range(3) for each in (span("connect", turn, depth=1), span("SELECT ?", turn, depth=2))]
    assert _shape(folded([span("root", depth=0), *turns]).roots[0].below) == [("connect", 3, [("SELECT ?", 3, [])])]


def test_subtrees_of_different_shape_stay_apart() -> None:
    turns = [span("connect", turn, depth=1) for turn in range(3)]
    odd = [span("connect", 9, depth=1), span("SELECT ?", 9, depth=2)]
    assert _shape(folded([*turns, *odd]).roots) == [("connect", 3, []), ("connect", 1, [("SELECT ?", 1, [])])]


@pytest.mark.parametrize(
    "telling",
    [
        {"status": "ERROR"},
        {"events": (event("retry", 1),)},
        {"problem": "circle"},
        {"attributes": {"http.response.status_code": 404}},
    ],
    ids=["error", "event", "problem", "status"],
)
def test_one_that_tells_something_of_its_own_is_not_folded(telling: dict[str, Any]) -> None:
    spans = [*_loop("call", depth=0), span("call", 99, depth=0, **telling)]
    assert _shape(folded(spans).roots) == [("call", 4, []), ("call", 1, [])]


def test_second_reports_and_steps_are_counted_and_left_out() -> None:
    spans = [
        span("root", depth=0),
        span("SELECT a", 1, is_repeat_report=True),
        span("GET / http send", 2),
        span("GET / http send", 3, status="ERROR"),
    ]
    tree = folded(spans)
    assert (tree.repeat_reports, tree.steps) == (1, 1)
    assert _shape(tree.roots) == [("root", 1, [("GET / http send", 1, [])])]


def test_a_second_report_with_something_below_is_kept() -> None:
    spans = [span("a", is_repeat_report=True, children=1, depth=0), span("b", depth=1)]
    assert _shape(folded(spans).roots) == [("a", 1, [("b", 1, [])])]


def test_whole_folds_nothing() -> None:
    spans = _loop("SELECT a", depth=0, is_repeat_report=True)
    assert len(folded(spans, is_whole=True).roots) == 4


def test_a_missing_level_does_not_lose_a_span() -> None:
    assert _shape(folded([span("a", depth=0), span("b", depth=3), span("c", depth=2)]).roots) == [
        ("a", 1, [("b", 1, []), ("c", 1, [])])
    ]
