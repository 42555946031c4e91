"""The agent sheds its own work when it costs more than its budget."""

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
    budget = Budget(share=0.02, now=clock)
    cheap, dear = budget.part("cheap"), budget.part("dear")
    budget.review()
    budget.spend(cheap, 0.05)
    budget.spend(dear, 0.01, calls=16)
    after_a_window(budget, clock)
    assert (cheap.is_open, dear.is_open, dear.shed) == (True, False, 1)


def test_what_is_within_the_budget_stays_open() -> None:
    clock = Clock()
    budget = Budget(share=0.02, now=clock)
    part = budget.part("functions")
    budget.review()
    budget.spend(part, 0.09)
    after_a_window(budget, clock)
    assert part.is_open


def test_it_opens_again_and_waits_longer_the_second_time() -> None:
    clock = Clock()
    budget = Budget(share=0.02, now=clock)
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
