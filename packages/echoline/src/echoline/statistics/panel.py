"""All operations of a service at once: each beside the others, and the service as a whole."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import islice

import numpy as np

from echoline.statistics.comparison import Comparison, not_enough
from echoline.statistics.controls import FEWEST, MOST, Course, busiest, common_course, course
from echoline.statistics.durations import ALPHA, compare_means, limits, too_few, typical
from echoline.statistics.judging import judge
from echoline.statistics.long_run import difference
from echoline.statistics.many import among_many
from echoline.statistics.placebos import in_the_light_of_the_past
from echoline.statistics.series import DurationSeries
from echoline.statistics.tails import compare_shares
from echoline.statistics.windows import Windows
from echoline.statistics.winsorising import MinuteMeans, minute_means


@dataclass(frozen=True, slots=True)
class ServiceComparison:
    """What changed in a service: operation by operation, net of what happened to all of them, and that apart."""

    durations: Mapping[str, Comparison]
    tails: Mapping[str, Comparison]
    shift: Comparison
    """The service-wide shift: how all operations moved together. A slow neighbour or a cold machine, or a change in
    code that all of them run through. `before` and `after` are relative to the median of the earlier window."""


def compare_service(
    series: Mapping[str, DurationSeries],
    windows: Windows,
    related: Mapping[str, Set[str]] | None = None,
    alpha: float = ALPHA,
) -> ServiceComparison:
    """Every operation of a service in two windows of one timeline, corrected for how many are asked about.

    `related` names, for an operation, those that call it or are called by it, and so cannot be its controls: a slower
    query makes the endpoint above it slower. An operation is never its own control.
    """
    means = {name: minute_means(each, windows) for name, each in series.items()}
    courses = _courses(means, windows, related or {})
    durations = {name: compare_means(means[name], courses[name], windows, alpha) for name in series}
    tails = {name: compare_shares(series[name], courses[name], windows, alpha / 2) for name in series}
    return ServiceComparison(among_many(durations), among_many(tails), _shift(list(means.values()), windows, alpha))


def _courses(means: Mapping[str, MinuteMeans], windows: Windows, related: Mapping[str, Set[str]]) -> dict[str, Course]:
    """What each operation is compared beside. Most of them share their controls, so that is worked out once."""
    names = list(means)
    order = [names[place] for place in busiest(list(means.values()), windows)]
    known: dict[tuple[str, ...], Course] = {}
    found = {}
    for name, own in means.items():
        excluded = {name, *related.get(name, ())}
        chosen = tuple(islice((other for other in order if other not in excluded), MOST))
        if chosen not in known:
            known[chosen] = common_course([means[other] for other in chosen], windows, len(own.values))
        found[name] = known[chosen]
    return found


def _shift(means: list[MinuteMeans], windows: Windows, alpha: float) -> Comparison:
    """How the middle of all operations moved; every minute with calls weighs the same."""
    minutes = len(means[0].values) if means else 0
    whole = course(means, windows, minutes)
    calls = np.sum([each.calls for each in means], axis=0) if means else np.zeros(0)
    moved = whole.weigh(MinuteMeans(whole.values, np.ones(minutes), calls))
    few = too_few(moved, windows)
    if few or not whole.controls:
        return few or not_enough(f"fewer than {FEWEST} operations with calls in most minutes", 0.0, 0.0)
    past = in_the_light_of_the_past(difference(moved.values, moved.weights, windows), moved, windows)
    return judge(typical(moved, windows), past.difference, alpha, calibrated=past.is_enough, reasons=limits(past, None))
