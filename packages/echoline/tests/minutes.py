"""Builders of small series for the tests of statistics: log-normal calls by minute, from a fixed seed."""

import numpy as np

from echoline.statistics.series import DurationSeries, Floats
from echoline.statistics.windows import Windows

# A day of history, two hours before, two hours after.
MINUTES = 1680
WINDOWS = Windows(1440, 1560, 1560, 1680)


def calm(
    seed: int,
    *,
    step: float = 0.0,
    calls: float = 20,
    spread: float = 0.3,
    minutes: int = MINUTES,
    at: int = 1560,
    course: Floats | None = None,
) -> DurationSeries:
    """Calls of 10 ms with independent spread, longer by `step` from minute `at` on, and by `course`."""
    chance = np.random.default_rng(seed)
    minute = np.repeat(np.arange(minutes), chance.poisson(calls, minutes))
    logs = chance.normal(np.log(1e7), spread, len(minute)) + np.log1p(step) * (minute >= at)
    if course is not None:
        logs = logs + course[minute]
    return DurationSeries.of_durations(minutes, minute, np.exp(logs))


def controls(course: Floats | None = None, count: int = 8) -> list[DurationSeries]:
    """Other operations of the same service, on which nothing was changed."""
    return [calm(100 + number, course=course) for number in range(count)]
