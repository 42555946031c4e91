"""Noise as services make it: 19 kinds of durations by minute, with controls and a day of history, from fixed seeds.

The constants of `echoline.statistics` were chosen on these. `noise_elsewhere.py` has another family to judge them on.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.signal import lfilter

from echoline.statistics.series import DurationSeries, Floats, Ints
from echoline.statistics.windows import Windows

HISTORY = 1440
WINDOW = 120
MINUTES = HISTORY + 2 * WINDOW
AT = HISTORY + WINDOW
WINDOWS = Windows(HISTORY, AT, AT, MINUTES)
BLOCK = 240
CONTROLS = 8

Chance = np.random.Generator
Logs = Callable[[Chance, Ints], Floats]


def lognormal(spread: float) -> Logs:
    """Independent log-normal durations."""
    return lambda chance, minute: chance.normal(0, spread, len(minute))


@dataclass
class Weather:
    """What a kind of noise is made of; each part by minute, on the logarithmic scale."""

    rate: Floats
    own: Floats = field(default_factory=lambda: np.zeros(MINUTES))
    shared: Floats = field(default_factory=lambda: np.zeros(MINUTES))
    loading: float = 1.0
    """How much of what is shared the operation takes."""
    logs: Logs = field(default_factory=lambda: lognormal(0.3))


@dataclass(frozen=True)
class Drawn:
    """One operation with a known step (or none) at `AT`, and its controls."""

    minute: Ints
    logs: Floats
    control_means: Floats
    control_calls: Floats

    @property
    def series(self) -> DurationSeries:
        """The operation as rollups keep it: buckets of 2 %."""
        bucket = np.floor((self.logs + 16) / np.log(1.02)).astype(np.int64)
        return DurationSeries.in_buckets(MINUTES, self.minute, bucket, np.ones(len(bucket)))

    @property
    def controls(self) -> list[DurationSeries]:
        """The controls, of which means by minute are drawn."""
        rows = zip(self.control_calls, self.control_means, strict=True)
        return [DurationSeries.of_mean_logs(np.full(MINUTES, calls), means + 16) for calls, means in rows]


def wandering(chance: Chance, correlation: float, deviation: float, minutes: int = MINUTES) -> Floats:
    """An autoregression of the first order that has always been running."""
    shocks = chance.normal(0, deviation * np.sqrt(1 - correlation**2), minutes)
    start = chance.normal(0, deviation)
    result: Floats = lfilter([1.0], [1.0, -correlation], shocks, zi=[correlation * start])[0]
    return result


def usual(chance: Chance) -> Weather:
    """4 to 60 calls a minute, nothing else."""
    return Weather(np.full(MINUTES, np.exp(chance.uniform(np.log(4), np.log(60)))))


def spread_of(spread: float) -> Callable[[Chance], Weather]:
    """Log-normal calls with this spread."""

    def weather(chance: Chance) -> Weather:
        made = usual(chance)
        made.logs = lognormal(spread)
        return made

    return weather


def gamma_of(shape: float) -> Callable[[Chance], Weather]:
    """Gamma calls of this shape."""

    def weather(chance: Chance) -> Weather:
        made = usual(chance)
        made.logs = lambda chance, minute: np.log(chance.gamma(shape, 1, len(minute)) + 1e-9)
        return made

    return weather


def wandering_of(correlation: float) -> Callable[[Chance], Weather]:
    """The operation itself wanders from minute to minute."""

    def weather(chance: Chance) -> Weather:
        made = usual(chance)
        made.own = wandering(chance, correlation, 0.06)
        return made

    return weather


def shared_wandering(chance: Chance) -> Weather:
    made = usual(chance)
    made.shared = wandering(chance, 0.95, 0.08)
    made.loading = chance.uniform(0.7, 1.3)
    return made


def bursty(chance: Chance) -> Weather:
    made = usual(chance)
    busy = chance.gamma(1.5, 1 / 1.5, MINUTES)
    made.rate = made.rate * busy
    made.own = 0.1 * np.log(busy + 0.1)
    return made


def diurnal(chance: Chance) -> Weather:
    made = usual(chance)
    wave = np.sin(2 * np.pi * np.arange(MINUTES) / 1440 + chance.uniform(0, 2 * np.pi))
    made.rate = made.rate * (1 + 0.6 * wave)
    made.shared = 0.15 * wave
    made.loading = chance.uniform(0.7, 1.3)
    return made


def outliers(chance: Chance) -> Weather:
    """A few calls in four hours take a hundred times as long and more."""
    made = usual(chance)

    def logs(chance: Chance, minute: Ints) -> Floats:
        values = chance.normal(0, 0.3, len(minute))
        for block in range(0, MINUTES, BLOCK):
            inside = np.flatnonzero((minute >= block) & (minute < block + BLOCK))
            hit = chance.choice(inside, min(int(chance.integers(1, 4)), len(inside)))
            values[hit] += np.log(chance.uniform(100, 1000, len(hit)))
        return values

    made.logs = logs
    return made


def paused(chance: Chance, minute: Ints) -> Floats:
    """One call in a hundred waits for the garbage collector."""
    values = chance.normal(0, 0.3, len(minute))
    slow = np.logaddexp(values, np.log(chance.uniform(5, 20, len(minute))))
    return np.where(chance.random(len(minute)) < 0.01, slow, values)


def collecting(chance: Chance) -> Weather:
    made = usual(chance)
    made.logs = paused
    return made


def neighbours(chance: Chance) -> Weather:
    made = usual(chance)
    made.shared = neighbour_course(chance)
    made.loading = chance.uniform(0.7, 1.3)
    return made


def neighbour_course(chance: Chance) -> Floats:
    """Once or twice in four hours somebody else on the machine slows everything by 20 to 60 %, for 8 to 25 minutes."""
    course = np.zeros(MINUTES)
    for block in range(0, MINUTES, BLOCK):
        for _ in range(chance.integers(1, 3)):
            start = block + chance.integers(0, BLOCK - 8)
            course[start : start + chance.integers(8, 26)] += np.log(chance.uniform(1.2, 1.6))
    return course


def warming(chance: Chance) -> Weather:
    """After the deployment everything is slow and gets better within minutes."""
    made = usual(chance)
    since = np.arange(MINUTES - AT)
    made.shared[AT:] = np.log1p(chance.uniform(0.5, 1.5) * np.exp(-since / chance.uniform(1.5, 3)))
    made.loading = chance.uniform(0.7, 1.3)
    return made


def bimodal(chance: Chance) -> Weather:
    """A share of calls that wanders around a fifth misses the cache and takes eight times as long."""
    made = usual(chance)
    missing = np.clip(chance.normal(0.2, 0.05, MINUTES), 0.02, 0.6)
    made.logs = lambda chance, minute: (
        chance.normal(0, 0.3, len(minute)) + np.log(8) * (chance.random(len(minute)) < missing[minute])
    )
    return made


def small(chance: Chance) -> Weather:
    return Weather(np.full(MINUTES, chance.uniform(0.25, 0.6)))


def pareto(chance: Chance) -> Weather:
    made = usual(chance)
    made.logs = lambda chance, minute: chance.exponential(1 / 1.5, len(minute))
    return made


def everything(chance: Chance) -> Weather:
    made = bursty(chance)
    made.shared = neighbour_course(chance)
    made.own = made.own + wandering(chance, 0.7, 0.04)
    made.loading = chance.uniform(0.7, 1.3)
    made.logs = paused
    return made


KINDS: Mapping[str, Callable[[Chance], Weather]] = {
    "log-normal .08": spread_of(0.08),
    "log-normal .3": spread_of(0.3),
    "log-normal .6": spread_of(0.6),
    "log-normal 1": spread_of(1.0),
    "gamma 2": gamma_of(2),
    "gamma .7": gamma_of(0.7),
    "wandering .8": wandering_of(0.8),
    "wandering .97": wandering_of(0.97),
    "wandering together": shared_wandering,
    "bursty": bursty,
    "diurnal": diurnal,
    "outliers": outliers,
    "garbage collector": collecting,
    "slow neighbours": neighbours,
    "warm-up": warming,
    "bimodal": bimodal,
    "few calls": small,
    "pareto": pareto,
    "everything": everything,
}


def draw(kinds: Mapping[str, Callable[[Chance], Weather]], kind: str, seed: int, step: float = 0.0) -> Drawn:
    """One operation of this kind; every call from `AT` on takes longer by `step`."""
    chance = np.random.default_rng([zlib.crc32(kind.encode()), seed, round(step * 1000)])
    weather = kinds[kind](chance)
    minute = np.repeat(np.arange(MINUTES), chance.poisson(weather.rate))
    course = weather.own + weather.loading * weather.shared
    logs = weather.logs(chance, minute) + course[minute] + np.log1p(step) * (minute >= AT)
    calls = chance.uniform(5, 40, CONTROLS)
    means = [
        chance.uniform(0.8, 1.2) * weather.shared
        + wandering(chance, 0.5, 0.02)
        + chance.normal(0, 0.4 / np.sqrt(count), MINUTES)
        for count in calls
    ]
    return Drawn(minute, logs, np.array(means), calls)


def with_slow_tail(drawn: Drawn, seed: int, share: float = 0.03, times: float = 3.0) -> Drawn:
    """The same operation, of whose calls from `AT` on a few take several times as long."""
    chance = np.random.default_rng([seed, 7])
    hit = (drawn.minute >= AT) & (chance.random(len(drawn.minute)) < share)
    return Drawn(drawn.minute, drawn.logs + np.log(times) * hit, drawn.control_means, drawn.control_calls)
