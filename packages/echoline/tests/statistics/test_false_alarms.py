"""Pure noise is left alone, and what is stated of steps is true. `make bench-changes` has the whole."""

from collections.abc import Callable
from multiprocessing import get_context

import numpy as np
import pytest

import noise
from change_study import DURATIONS, Outcome, Task, flagged, outcome, stated, tasks
from echoline.statistics.durations import compare_durations

ALLOWED = 0.01
Ask = Callable[[list[Task]], list[Outcome]]


def ask(work: list[Task]) -> list[Outcome]:
    return [outcome(task) for task in work]


def of_family(found: list[Outcome], family: str) -> list[Outcome]:
    return [each for each in found if each.task.family == family]


def test_hardly_any_noise_is_flagged_and_steps_are_found_as_often_as_stated() -> None:
    """A sample of both families: 132 series of noise, and as many with a step of a tenth."""
    still, moved = ask(tasks("durations", 4)), ask(tasks("durations", 4, 0.1))
    assert sum(each.verdict in ("better", "worse") for each in still) <= 3
    assert flagged(moved) > 0.5
    # Among 132 series chance alone makes 3 points.
    assert flagged(moved) == pytest.approx(stated(moved), abs=0.1)


def test_hardly_any_noise_has_a_longer_tail() -> None:
    assert sum(each.verdict in ("better", "worse") for each in ask(tasks("tails", 2))) <= 2


def test_a_tail_is_found_that_the_usual_call_does_not_tell_of() -> None:
    work = [task for task in tasks("slow tails", 6) if task.kind in ("wandering together", "bursty", "warm-up")]
    assert flagged(ask(work)) >= 0.4


@pytest.mark.parametrize(("question", "step"), [("rates", 2.0), ("per call", 0.1), ("rollout", 0.1)])
def test_counts_and_rollouts_are_left_alone_and_found_as_often_as_stated(question: str, step: float) -> None:
    still, moved = ask(tasks(question, 40)), ask(tasks(question, 40, step))
    assert flagged(still) <= 0.05
    assert flagged(moved) == pytest.approx(stated(moved), abs=0.15)


def test_two_changed_controls_of_eight_do_not_flag_the_innocent() -> None:
    kinds = list(noise.KINDS)
    said = []
    for seed in range(38):
        drawn = noise.draw(noise.KINDS, kinds[seed % len(kinds)], 10_000 + seed)
        drawn.control_means[:2, noise.AT :] += np.log(1.1)
        said.append(compare_durations(drawn.series, noise.WINDOWS, drawn.controls).is_flagged)
    assert sum(said) <= 2


@pytest.mark.long
@pytest.mark.parametrize("family", list(DURATIONS))
def test_of_a_thousand_series_of_noise_one_in_a_hundred_is_flagged_at_most(family: str) -> None:
    each = -(-1000 // len(DURATIONS[family]))
    with get_context("spawn").Pool(2) as pool:
        for question in ("durations", "tails"):
            work = [task for task in tasks(question, each) if task.family == family]
            assert len(work) >= 1000
            assert flagged(pool.map(outcome, work, chunksize=20)) <= ALLOWED


@pytest.mark.long
@pytest.mark.parametrize(
    ("question", "steps"),
    [
        ("durations", (0.02, 0.05, 0.1, 0.2)),
        ("rates", (0.5, 1.0, 2.0, 4.0)),
        ("per call", (0.02, 0.05, 0.1)),
        ("rollout", (0.05, 0.1, 0.2)),
    ],
)
def test_power_is_stated_within_five_points(question: str, steps: tuple[float, ...]) -> None:
    each = {"durations": 40, "rates": 200, "per call": 500, "rollout": 1000}[question]
    with get_context("spawn").Pool(2) as pool:
        for step in steps:
            found = pool.map(outcome, tasks(question, each, step), chunksize=20)
            for family in {one.task.family for one in found}:
                own = of_family(found, family)
                assert flagged(own) == pytest.approx(stated(own), abs=0.05), f"{family} at {step}"
