import numpy as np

from echoline.statistics.panel import compare_service
from minutes import MINUTES, WINDOWS, calm


def test_of_forty_operations_only_the_changed_ones_are_flagged() -> None:
    operations = {f"calm {number}": calm(number) for number in range(38)}
    operations |= {"slower": calm(50, step=0.15), "faster": calm(51, step=-0.15)}
    answer = compare_service(operations, WINDOWS)
    flagged = {name: each.verdict for name, each in answer.durations.items() if each.is_flagged}
    assert flagged == {"slower": "worse", "faster": "better"}
    assert answer.shift.verdict == "unchanged"
    assert sum(each.is_flagged for name, each in answer.tails.items() if name.startswith("calm")) <= 1


def test_a_shift_of_the_whole_service_is_told_apart() -> None:
    course = np.where(np.arange(MINUTES) >= 1560, 0.25, 0.0)
    answer = compare_service({str(number): calm(number, course=course) for number in range(12)}, WINDOWS)
    assert answer.shift.verdict == "worse"
    assert answer.shift.change is not None
    assert 0.2 < answer.shift.change < 0.4
    assert not any(each.is_flagged for each in answer.durations.values())


def test_callers_of_a_slower_query_are_no_controls_for_it() -> None:
    """Ten endpoints wait for one query; only two others stand beside them."""
    endpoints = {f"endpoint {number}": calm(number, step=0.2) for number in range(10)}
    operations = {"query": calm(30, step=0.2), **endpoints, **{f"other {n}": calm(40 + n) for n in range(8)}}
    related = {"query": frozenset(endpoints)}
    assert not compare_service(operations, WINDOWS).durations["query"].is_flagged
    assert compare_service(operations, WINDOWS, related).durations["query"].verdict == "worse"
