"""Noise of what is counted: errors, queries per request, CPU time per call; and of deployments that roll out."""

import zlib
from collections.abc import Callable, Mapping

import numpy as np

from echoline.statistics.series import DurationSeries, Floats, RateSeries
from noise import AT, MINUTES, Chance, usual, wandering

ROLLOUT = 60
INSTANCES = 3


def counted(chance: Chance, expected: Floats) -> Floats:
    """Events of which so many are expected each minute."""
    events: Floats = chance.poisson(expected).astype(np.float64)
    return events


def rare(chance: Chance, calls: Floats, step: Floats) -> Floats:
    """1 to 15 errors in two hours, independent of each other."""
    expected = np.exp(chance.uniform(0, np.log(15))) / 120 / calls.mean()
    return counted(chance, calls * expected * step)


def frequent(chance: Chance, calls: Floats, step: Floats) -> Floats:
    """1 to 20 % of calls fail."""
    return counted(chance, calls * np.exp(chance.uniform(np.log(0.01), np.log(0.2))) * step)


def in_groups(chance: Chance, calls: Floats, step: Floats) -> Floats:
    """Another system fails for ten minutes now and then: rare errors come together."""
    grouped = np.repeat(chance.gamma(1.0, 1.0, MINUTES // 10), 10)
    expected = np.exp(chance.uniform(np.log(4), np.log(40))) / 120 / calls.mean()
    return counted(chance, calls * expected * grouped * step)


def retried(chance: Chance, calls: Floats, step: Floats) -> Floats:
    """Each error is followed by as many more as its callers try again."""
    first = counted(chance, calls * np.exp(chance.uniform(0, np.log(60))) / 120 / calls.mean() * step)
    return first + chance.negative_binomial(np.maximum(first, 1), 0.5, MINUTES) * (first > 0)


def wandering_rate(chance: Chance, calls: Floats, step: Floats) -> Floats:
    """The share of failing calls itself wanders."""
    return counted(chance, calls * 0.05 * np.exp(wandering(chance, 0.9, 0.3)) * step)


COUNTS: Mapping[str, Callable[[Chance, Floats, Floats], Floats]] = {
    "rare": rare,
    "frequent": frequent,
    "in groups": in_groups,
    "retried": retried,
    "wandering rate": wandering_rate,
}


def queries(chance: Chance, calls: Floats, step: Floats) -> Floats:
    """Three queries a request, and a loop of several more in every fifth."""
    return 3 * calls + chance.poisson(chance.binomial(calls.astype(int), 0.2) * 5.0 + 4 * calls * (step - 1))


def cpu(chance: Chance, calls: Floats, step: Floats) -> Floats:
    """CPU nanoseconds: log-normal by call, with a machine whose clock wanders."""
    clock = np.exp(wandering(chance, 0.9, 0.03))
    means = 1e6 * np.exp(chance.normal(0, 0.5 / np.sqrt(np.maximum(calls, 1)), MINUTES))
    return calls * means * clock * step


PER_CALL: Mapping[str, Callable[[Chance, Floats, Floats], Floats]] = {"queries": queries, "cpu": cpu}


def draw_rate(
    kinds: Mapping[str, Callable[[Chance, Floats, Floats], Floats]], kind: str, seed: int, step: float = 0.0
) -> RateSeries:
    """Amounts beside bursty calls; rates from `AT` on are larger by `step`."""
    chance = np.random.default_rng([zlib.crc32(kind.encode()), seed, round(step * 1000)])
    calls = chance.poisson(usual(chance).rate * chance.gamma(3, 1 / 3, MINUTES)).astype(float)
    steps = np.where(np.arange(MINUTES) >= AT, 1 + step, 1.0)
    return RateSeries.of(kinds[kind](chance, calls, steps), calls)


def rollout(seed: int, step: float = 0.0) -> tuple[list[DurationSeries], list[DurationSeries]]:
    """Old and new instances in the hour in which traffic moves over, while the machine drifts: one series each."""
    chance = np.random.default_rng([seed, round(step * 1000), 11])
    course = wandering(chance, 0.95, 0.1, ROLLOUT) + np.linspace(0, chance.normal(0, 0.2), ROLLOUT)
    rate = chance.uniform(20, 80)
    new = np.linspace(0.1, 0.9, ROLLOUT)
    sides = []
    for share, shift in ((1 - new, 0.0), (new, np.log1p(step))):
        sides.append(
            [
                _instance(chance, rate * share / INSTANCES, course + shift + chance.normal(0, 0.01))
                for _ in range(INSTANCES)
            ]
        )
    return sides[0], sides[1]


def _instance(chance: Chance, rate: Floats, course: Floats) -> DurationSeries:
    minute = np.repeat(np.arange(ROLLOUT), chance.poisson(rate))
    logs = 16 + course[minute] + chance.normal(0, 0.3, len(minute))
    return DurationSeries.of_durations(ROLLOUT, minute, np.exp(logs))
