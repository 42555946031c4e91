"""What may be said of each operation of a service: measures, verdict, impact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from echoline.model.answers_compare import Judged, Measured, MeasureName
from echoline.queries.comparing.series import ENTRY_KINDS, Course, Operation, Totals, mean_ns
from echoline.queries.comparing.timelines import Timeline
from echoline.statistics.cohorts import compare_cohorts
from echoline.statistics.comparison import Comparison
from echoline.statistics.many import among_many
from echoline.statistics.panel import compare_service
from echoline.statistics.rates import compare_rates
from echoline.statistics.series import Floats, RateSeries
from echoline.statistics.windows import Windows

CLIENT = 3


@dataclass(frozen=True)
class Findings:
    """Comparisons by measure and operation, and how the service as a whole moved."""

    by_measure: Mapping[MeasureName, Mapping[Operation, Comparison]]
    shift: Comparison | None
    """None for cohorts: what happens to both sides in a minute cancels out."""


def compared(courses: Mapping[Operation, Course], line: Timeline, *, time: MeasureName = "duration") -> Findings:
    """Everything that can be compared of one service's operations; `time` says what their durations are."""
    if not courses:
        return Findings({}, None)
    rates = _rates(courses, line.windows)
    if line.method == "cohorts":
        _, first, second = line.slots
        durations = {
            key: compare_cohorts([each.durations(0, first)], [each.durations(first, first + second)], warm_up=0)
            for key, each in courses.items()
        }
        named = among_many({_text(key): each for key, each in durations.items()})
        return Findings({time: {key: named[_text(key)] for key in durations}, **rates}, None)
    found = compare_service({_text(key): each.durations() for key, each in courses.items()}, line.windows)
    own: dict[MeasureName, Mapping[Operation, Comparison]] = {
        time: {key: found.durations[_text(key)] for key in courses},
        "tail": {key: found.tails[_text(key)] for key in courses},
    }
    return Findings({**own, **rates}, found.shift)


def _rates(courses: Mapping[Operation, Course], windows: Windows) -> dict[MeasureName, Mapping[Operation, Comparison]]:
    requests = sum((each.calls for key, each in courses.items() if key[0] in ENTRY_KINDS), np.zeros(1))
    inner = {
        key: each for key, each in courses.items() if key[0] > 0 and key[0] not in ENTRY_KINDS and len(requests) > 1
    }
    return {
        "errors": _many({key: _rate(each.errors, each.calls, windows) for key, each in courses.items()}),
        "queries": _many({key: _rate(each.calls, requests, windows) for key, each in inner.items()}),
        "calls": _many({key: compare_rates(RateSeries.per_minute(c.calls), windows) for key, c in courses.items()}),
    }


def _rate(amount: Floats, exposure: Floats, windows: Windows) -> Comparison:
    return compare_rates(RateSeries.of(amount, exposure), windows)


def _many(found: Mapping[Operation, Comparison]) -> Mapping[Operation, Comparison]:
    corrected = among_many({_text(key): each for key, each in found.items()})
    return {key: corrected[_text(key)] for key in found}


def _text(key: Operation) -> str:
    return f"{key[0]} {key[1]}"


def measured(name: MeasureName, each: Comparison) -> Measured:
    """A comparison as answers carry it."""
    return Measured(
        measure=name,
        before=each.before or 0.0,
        after=each.after or 0.0,
        change=each.change,
        low=each.low,
        high=each.high,
        probability=each.p,
        samples_before=round(each.calls_before),
        samples_after=round(each.calls_after),
        smallest_visible=each.smallest_visible,
        verdict=judged(name, each),
        is_calibrated=each.calibrated,
        note="; ".join(each.reasons),
    )


def judged(name: MeasureName, each: Comparison) -> Judged:
    """The verdict in our words: more or fewer calls are neither good nor bad."""
    if each.verdict == "not enough data":
        return "unknown"
    if name != "calls" or not each.is_flagged:
        return each.verdict
    return "more" if (each.after or 0) > (each.before or 0) else "less"


_GRAVITY: Mapping[Judged, int] = {"worse": 0, "better": 1, "unchanged": 2, "unknown": 3, "more": 2, "less": 2}


def gravest(measures: Iterable[Measured]) -> Judged:
    """The verdict of all of them together; worse goes before better, and calls do not count."""
    verdicts = [each.verdict for each in measures if each.measure != "calls"]
    return min(verdicts, key=lambda each: _GRAVITY[each], default="unknown")


@dataclass(frozen=True, slots=True)
class Load:
    """What all endpoints of a service take in the later window, or all its operations if it has none."""

    time_ns: float
    calls: int

    @classmethod
    def of(cls, after: Mapping[Operation, Totals]) -> "Load":
        entries: Sequence[Totals] = [each for key, each in after.items() if key[0] in ENTRY_KINDS]
        counted = entries or list(after.values())
        return cls(float(sum(each.duration_sum_ns for each in counted)), sum(each.calls for each in counted))


def impact(measures: Iterable[Measured], before: Totals, after: Totals, load: Load) -> float:
    """How much more of the service's time it takes; of errors, how many more of its calls fail. The gravest counts."""
    parts = [0.0]
    for each in measures:
        if each.verdict not in ("worse", "better") or not load.time_ns or not load.calls:
            continue
        match each.measure:
            case "duration" | "self_time":
                change = each.change or 0.0
                parts.append(after.duration_sum_ns * (1 - 1 / (1 + change)) / load.time_ns if change > -1 else 0.0)
            case "errors":
                parts.append((each.after - each.before) * after.calls / load.calls)
            case "queries":
                longer = max(mean_ns(after), mean_ns(before))
                parts.append((each.after - each.before) * load.calls * longer / load.time_ns)
            case "tail":
                parts.append((each.after - each.before) * after.duration_sum_ns / load.time_ns)
    return max(parts, key=abs)
