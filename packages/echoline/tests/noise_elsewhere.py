"""Noise of another family, on which no constant was chosen: queues, regimes, caches, leaks, timers, long memory."""

from collections.abc import Callable, Mapping

import numpy as np

from echoline.statistics.series import Floats, Ints
from noise import MINUTES, Chance, Weather, neighbour_course, usual, wandering


def queue(chance: Chance) -> Weather:
    """Calls wait for one server that is busy 30 to 70 % of the time (Lindley's recursion)."""
    made = usual(chance)
    busy = chance.uniform(0.3, 0.7)

    def logs(chance: Chance, minute: Ints) -> Floats:
        served = chance.exponential(1.0, len(minute))
        gaps = chance.exponential(1 / busy, len(minute))
        walk = np.cumsum(np.concatenate([[0.0], served[:-1] - gaps[1:]])) if len(minute) else np.zeros(0)
        waited = walk - np.minimum.accumulate(walk) if len(minute) else walk
        return np.log(waited + served + 1e-6)

    made.logs = logs
    return made


def busy_queue(chance: Chance) -> Weather:
    """A queue whose load follows traffic that wanders: slow when there is much to do, and no control sees it."""
    made = usual(chance)
    load = np.clip(0.5 * np.exp(wandering(chance, 0.9, 0.2)), 0.1, 0.85)
    made.rate = made.rate * load / 0.5
    made.own = -0.3 * np.log(1 - load)
    return made


def regimes(chance: Chance) -> Weather:
    """It jumps between two levels a fifth apart, and stays for some 15 minutes."""
    made = usual(chance)
    jumps = chance.random(MINUTES) < 1 / 15
    made.own = np.where(np.cumsum(jumps) % 2 == 0, 0.0, np.log(1.2))
    return made


def unsteady(chance: Chance) -> Weather:
    """The spread of calls itself wanders (stochastic volatility)."""
    made = usual(chance)
    spread = 0.3 * np.exp(wandering(chance, 0.95, 0.5))
    made.logs = lambda chance, minute: chance.normal(0, 1, len(minute)) * spread[minute]
    return made


def heavy(chance: Chance) -> Weather:
    """Student's distribution with 2.5 degrees of freedom, already on the logarithmic scale."""
    made = usual(chance)
    made.logs = lambda chance, minute: 0.3 * chance.standard_t(2.5, len(minute))
    return made


def weibull(chance: Chance) -> Weather:
    made = usual(chance)
    made.logs = lambda chance, minute: np.log(chance.weibull(0.5, len(minute)) + 1e-6)
    return made


def cron(chance: Chance) -> Weather:
    """A job of the operation's own, every 20 to 40 minutes, slows it for three."""
    made = usual(chance)
    period = int(chance.integers(20, 41))
    made.own = np.where((np.arange(MINUTES) + chance.integers(0, period)) % period < 3, np.log(1.5), 0.0)
    return made


def cache(chance: Chance) -> Weather:
    """A cache is emptied every hour or so and fills again within minutes."""
    made = usual(chance)
    emptied = np.flatnonzero(chance.random(MINUTES) < 1 / 70)
    since = np.arange(MINUTES) - np.concatenate([[-60], emptied])[np.searchsorted(emptied, np.arange(MINUTES), "right")]
    missing = 0.1 + 0.5 * np.exp(-since / 6)
    made.logs = lambda chance, minute: (
        chance.normal(0, 0.4, len(minute)) + np.log(5) * (chance.random(len(minute)) < missing[minute])
    )
    return made


def leak(chance: Chance) -> Weather:
    """It slows down by a tenth over 45 minutes or so, until a worker is recycled."""
    made = usual(chance)
    period = chance.uniform(30, 60)
    made.own = 0.1 * (((np.arange(MINUTES) / period) + chance.random()) % 1)
    return made


def two_callers(chance: Chance) -> Weather:
    """The share of callers who ask for four times as much wanders."""
    made = usual(chance)
    share = 1 / (1 + np.exp(1.5 - wandering(chance, 0.9, 0.3)))
    made.logs = lambda chance, minute: (
        chance.normal(0, 0.25, len(minute)) + np.log(4) * (chance.random(len(minute)) < share[minute])
    )
    return made


def long_memory(chance: Chance) -> Weather:
    """Noise of 1/f (deviation 4 %): every scale of time has its own ups and downs."""
    made = usual(chance)
    size = 2 * MINUTES
    waves = np.fft.rfft(chance.normal(0, 1, size))
    waves[1:] /= np.sqrt(np.arange(1, len(waves)))
    waves[0] = 0
    course = np.fft.irfft(waves, size)[:MINUTES]
    made.own = 0.04 * course / course.std()
    return made


def timers(chance: Chance) -> Weather:
    """Durations are multiples of a timer of 10 ms: few values, many ties."""
    made = usual(chance)
    made.logs = lambda chance, minute: np.log1p(chance.geometric(chance.uniform(0.3, 0.7), len(minute)))
    return made


def crowds(chance: Chance) -> Weather:
    """Calls come in crowds that decay over minutes, and everything is slower in a crowd."""
    made = usual(chance)
    arrivals = chance.random(MINUTES) < 1 / 25
    crowd = np.convolve(arrivals * chance.exponential(1.0, MINUTES), np.exp(-np.arange(40) / 5))[:MINUTES]
    made.rate = made.rate * (0.7 + crowd)
    made.shared = 0.15 * crowd
    made.loading = chance.uniform(0.6, 1.4)
    return made


def shared_walk(chance: Chance) -> Weather:
    """The machine drifts slowly, with neighbours on it."""
    made = usual(chance)
    made.shared = wandering(chance, 0.995, 0.15) + neighbour_course(chance)
    made.loading = chance.uniform(0.8, 1.2)
    return made


KINDS: Mapping[str, Callable[[Chance], Weather]] = {
    "queue": queue,
    "busy queue": busy_queue,
    "regimes": regimes,
    "unsteady spread": unsteady,
    "student 2.5": heavy,
    "weibull .5": weibull,
    "cron": cron,
    "cache": cache,
    "leak": leak,
    "two callers": two_callers,
    "long memory": long_memory,
    "timers": timers,
    "crowds": crowds,
    "shared walk": shared_walk,
}
