"""Which of two reports of a database call is marked. The times of a report are microseconds."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.processors.normalising.repeats import Reports, repeated

ORM, DRIVER, NET = 0, 1, 2


class Call(NamedTuple):
    scope: int
    start: int
    end: int
    query: int = 1
    parent: int = 9
    trace: int = 7
    span: int = 0
    request: int = 0
    service: int = 0
    first_end: int = -1


def marks(*calls: Call) -> list[bool]:
    def column(name: str, kind: Any = np.int32) -> Any:
        return np.array([getattr(call, name) for call in calls], kind)

    ids = np.array([call.span or 100 + number for number, call in enumerate(calls)], np.int64)
    reports = Reports(
        column("query"),
        column("request"),
        column("service"),
        column("scope"),
        column("trace", np.int64),
        ids,
        column("parent", np.int64),
        column("start", np.int64),
        column("end", np.int64),
        column("first_end", np.int64),
    )
    return [bool(mark) for mark in repeated(reports)]


def test_of_siblings_the_outer_one_is_marked() -> None:
    assert marks(Call(ORM, 0, 10), Call(DRIVER, 1, 9)) == [True, False]
    assert marks(Call(DRIVER, 1, 9), Call(ORM, 0, 10)) == [False, True]


def test_a_parent_that_reports_its_child_is_marked() -> None:
    assert marks(Call(ORM, 0, 10, span=5), Call(DRIVER, 1, 9, parent=5)) == [True, False]


def test_of_three_layers_the_innermost_counts() -> None:
    calls = (Call(ORM, 0, 10, span=5), Call(DRIVER, 1, 9, parent=5, span=6), Call(NET, 2, 8, parent=6))
    assert marks(*calls) == [True, True, False]


def test_roots_are_compared_although_their_traces_differ() -> None:
    outer, inner = Call(ORM, 0, 10, parent=0, trace=1), Call(DRIVER, 1, 9, parent=0, trace=2)
    assert marks(outer, inner) == [True, False]
    assert marks(outer, inner._replace(service=1)) == [False, False]


@pytest.mark.parametrize(
    "other",
    [
        Call(ORM, 1, 9),  # the same scope called twice
        Call(DRIVER, 1, 9, query=2),
        Call(DRIVER, 1, 9, parent=8),
        Call(DRIVER, 1, 9, trace=8),
        Call(DRIVER, 1, 9, request=1),
        Call(DRIVER, 1, 11),  # ends later
        Call(DRIVER, 11, 12),  # starts later
    ],
)
def test_what_may_be_another_call_is_not_marked(other: Call) -> None:
    assert marks(Call(ORM, 0, 10), other) == [False, False]


def test_calls_in_a_row_are_marked_one_by_one() -> None:
    calls = [call for n in range(3) for call in (Call(ORM, 10 * n, 10 * n + 8), Call(DRIVER, 10 * n + 1, 10 * n + 7))]
    assert marks(*calls) == [True, False] * 3


def test_calls_under_way_at_once_are_all_marked() -> None:
    assert marks(Call(ORM, 0, 20), Call(ORM, 1, 21), Call(DRIVER, 2, 18), Call(DRIVER, 3, 19)) == [
        True,
        True,
        False,
        False,
    ]


def test_one_call_of_an_orm_that_became_two_statements_leaves_both() -> None:
    assert marks(Call(ORM, 0, 20), Call(DRIVER, 1, 5), Call(DRIVER, 6, 9)) == [True, False, False]


def test_a_driver_that_is_alone_is_not_marked() -> None:
    assert marks(Call(DRIVER, 0, 10), Call(DRIVER, 1, 9), Call(ORM, 30, 40)) == [False, False, False]


def test_equal_times_mark_one_of_two() -> None:
    assert marks(Call(ORM, 0, 10), Call(DRIVER, 0, 10)) == [True, False]
    assert marks(Call(DRIVER, 0, 10), Call(ORM, 0, 10)) == [False, True]


def test_a_report_cut_off_from_its_pair_by_the_end_of_a_request_is_marked() -> None:
    """The driver's report of the first call left with the request before: nothing here ended before time 9."""
    cut_off, pair = Call(ORM, 0, 10, first_end=9), [Call(ORM, 20, 30, first_end=9), Call(DRIVER, 21, 29, first_end=9)]
    assert marks(cut_off, *pair) == [True, True, False]
    assert marks(cut_off) == [False]
    assert marks(cut_off._replace(start=9), *pair) == [False, True, False]
    assert marks(cut_off._replace(service=1), *pair) == [False, True, False]


CALLS = st.builds(
    lambda scope, start, length, parent, request: Call(scope, start, start + length, 1, parent, 7, 0, request),
    st.sampled_from([ORM, DRIVER]),
    st.integers(0, 20),
    st.integers(0, 8),
    st.sampled_from([0, 9]),
    st.integers(0, 1),
)


@given(st.lists(CALLS, max_size=8), st.randoms())
def test_marks_do_not_depend_on_the_order_of_reports(calls: list[Call], chance: Any) -> None:
    calls = [call._replace(span=100 + number) for number, call in enumerate(calls)]
    order = list(range(len(calls)))
    chance.shuffle(order)
    shuffled = marks(*(calls[place] for place in order)) if calls else []
    assert [shuffled[order.index(place)] for place in range(len(calls))] == (marks(*calls) if calls else [])


@given(st.lists(CALLS, min_size=1, max_size=8))
def test_a_call_never_loses_all_its_reports(calls: list[Call]) -> None:
    """Inside whatever is marked lies a report that is not."""
    told = [call for call, is_marked in zip(calls, marks(*calls), strict=True) if not is_marked]
    for call in calls:
        assert any(call.start <= other.start and other.end <= call.end for other in told)
