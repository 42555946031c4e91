"""What the comparisons say of noise and of known steps; tests take a sample, bench/change_detection.py the rest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import noise
import noise_elsewhere
import noise_of_counts as counts
from echoline.statistics.cohorts import compare_cohorts
from echoline.statistics.comparison import Comparison
from echoline.statistics.durations import compare_durations
from echoline.statistics.rates import compare_rates
from echoline.statistics.tails import compare_tails

# Which noise: the name of a family, and of a kind in it.
Kind = tuple[str, str]
DURATIONS: Mapping[str, Mapping[str, Callable[[noise.Chance], noise.Weather]]] = {
    "here": noise.KINDS,
    "elsewhere": noise_elsewhere.KINDS,
}


@dataclass(frozen=True)
class Task:
    """One series: what is asked of it, of which noise, with which step."""

    question: str
    family: str
    kind: str
    seed: int
    step: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What was said of it."""

    task: Task
    verdict: str
    stated: float
    """The power that the answer states for the step that was really there."""


def kinds(question: str) -> list[Kind]:
    """All noise that this question is asked of."""
    if question in ("durations", "tails", "slow tails"):
        return [(family, kind) for family, kinds in DURATIONS.items() for kind in kinds]
    if question == "rates":
        return [("counts", kind) for kind in counts.COUNTS]
    return [("per call", kind) for kind in counts.PER_CALL] if question == "per call" else [("rollout", "ramp")]


def tasks(question: str, each: int, step: float = 0.0) -> list[Task]:
    """So many series of each kind, always the same ones."""
    return [Task(question, family, kind, seed, step) for family, kind in kinds(question) for seed in range(each)]


def outcome(task: Task) -> Outcome:
    """Draws the series and asks."""
    said = answer(task)
    return Outcome(task, said.verdict, said.power(task.step))


def answer(task: Task) -> Comparison:
    """Draws the series and compares."""
    if task.question == "rollout":
        return compare_cohorts(*counts.rollout(task.seed, task.step), warm_up=0)
    if task.question in ("rates", "per call"):
        made = counts.COUNTS if task.question == "rates" else counts.PER_CALL
        series = counts.draw_rate(made, task.kind, task.seed, task.step)
        return compare_rates(series, noise.WINDOWS, counted=task.kind != "cpu")
    kinds = DURATIONS[task.family]
    if task.question == "slow tails":
        drawn = noise.with_slow_tail(noise.draw(kinds, task.kind, task.seed), task.seed)
    else:
        drawn = noise.draw(kinds, task.kind, task.seed, task.step)
    compare = compare_durations if task.question == "durations" else compare_tails
    return compare(drawn.series, noise.WINDOWS, drawn.controls)


def flagged(outcomes: Iterable[Outcome]) -> float:
    """The share of series that were said to have changed."""
    said = [each.verdict in ("better", "worse") for each in outcomes]
    return sum(said) / len(said)


def stated(outcomes: Sequence[Outcome]) -> float:
    """The mean power that was stated for the steps."""
    return sum(each.stated for each in outcomes) / len(outcomes)
