"""The agent sheds its own work when it costs more than its budget."""

import subprocess
import sys
from collections.abc import Callable

from echoline_agent.budget import SHUT_S, WINDOW_S, Budget


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def after_a_window(budget: Budget, clock: Clock) -> None:
    budget.review()
    clock.now += WINDOW_S
    budget.review()


def test_the_dearest_part_is_shut_first_and_the_others_go_on() -> None:
    clock = Clock()
    budget = Budget(share=0.02, now=clock, later=lambda *_: None)
    cheap, dear = budget.part("cheap"), budget.part("dear")
    budget.review()
    budget.spend(cheap, 0.05)
    budget.spend(dear, 0.01, calls=16)
    after_a_window(budget, clock)
    assert (cheap.is_open, dear.is_open, dear.shed) == (True, False, 1)


def test_what_is_within_the_budget_stays_open() -> None:
    clock = Clock()
    budget = Budget(share=0.02, now=clock, later=lambda *_: None)
    part = budget.part("functions")
    budget.review()
    budget.spend(part, 0.09)
    after_a_window(budget, clock)
    assert part.is_open


def test_it_opens_again_and_waits_longer_the_second_time() -> None:
    clock = Clock()
    budget = Budget(share=0.02, now=clock, later=lambda *_: None)
    part = budget.part("functions")
    for waits_s in (SHUT_S, 2 * SHUT_S):
        budget.review()
        budget.spend(part, 1.0)
        after_a_window(budget, clock)
        assert not part.is_open
        clock.now += waits_s - 0.1 - WINDOW_S
        budget.review()
        assert not part.is_open
        clock.now += WINDOW_S + 0.1
        budget.review()
        assert part.is_open


def test_the_second_call_of_sixteen_is_not_measured() -> None:
    part = Budget().part("functions")
    assert [part.is_measured() for _ in range(33)].count(True) == 3


def test_what_is_shut_is_opened_although_nobody_spends() -> None:
    clock = Clock()
    waiting: list[tuple[float, Callable[[], None]]] = []
    budget = Budget(share=0.02, now=clock, later=lambda seconds, act: waiting.append((seconds, act)))
    part = budget.part("functions")
    budget.review()
    budget.spend(part, 1.0)
    after_a_window(budget, clock)
    ((seconds, act),) = waiting
    clock.now += seconds
    assert not part.is_open
    act()
    assert part.is_open


def test_a_forked_child_begins_with_everything_open() -> None:
    program = """if True:
        import os
        from echoline_agent.budget import BUDGET
        part = BUDGET.part("functions")
        part.is_open = False
        child = os.fork()
        if child == 0:
            os._exit(0 if part.is_open else 1)
        raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
