"""The receipt of a deployment: better, worse or unchanged, with the smallest change that would have been seen."""

from collections.abc import Mapping, Sequence

from echoline.kinds import Store
from echoline.model.answers_compare import Change, Measured, Shift
from echoline.model.answers_deployments import Receipt
from echoline.model.deployments import Started, Verdict
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.comparing.comparison import Pair, pair, rank
from echoline.queries.comparing.sides import Part
from echoline.queries.comparing.timelines import LENGTH_NS
from echoline.queries.deployments import Place, Seen
from echoline.queries.operation_rollups import MINUTE_NS

ENOUGH_NS = LENGTH_NS + 10 * MINUTE_NS
"""So long after its start a deployment has shown what it does, if it has enough traffic."""
LATE_NS = 10 * MINUTE_NS
"""Spans may come so late."""
TIME_OUT_NS = 24 * 60 * MINUTE_NS
"""After that it is said what can be said."""
_LENGTHS_NS = (LENGTH_NS, TIME_OUT_NS)
_MOST_CHANGES = 20
_MOVED = ("worse", "better")


def receipt(
    store: Store, started: Started, seen: Mapping[Place, Sequence[Seen]], *, now_ns: int, is_over: bool = False
) -> Receipt | None:
    """What can be said of a deployment by now; None when nothing ran before it, or none of that is left.

    With little traffic it is compared over a day. `is_over`: another release has taken its place, so that nothing more
    will come. It is final then, and after two hours with a verdict, and after a day in any case.
    """
    sides = _sides(started, seen)
    if sides is None or started.since_ns is None:
        return None
    age_ns = now_ns - started.since_ns
    found = pair(store, *sides, None)
    if _verdict(found) == "unknown" and age_ns > _LENGTHS_NS[0]:
        found = pair(store, *sides, None, length_ns=_LENGTHS_NS[1])
    verdict = _verdict(found)
    is_known = verdict != "unknown" and age_ns >= ENOUGH_NS + LATE_NS
    is_final = is_known or is_over or age_ns >= TIME_OUT_NS + ENOUGH_NS
    return _made(found, verdict, now_ns, is_final=is_final)


def _sides(started: Started, seen: Mapping[Place, Sequence[Seen]]) -> tuple[Part, Part] | None:
    place = (started.service, started.environment)
    if started.since_ns is None or started.until_ns is None or started.previous is None:
        return None
    earlier = [
        Window(each.run.since_ns, each.run.until_ns)
        for each in seen.get(place, ())
        if each.reported & started.previous_reported and each.run.since_ns < started.since_ns
    ]
    if not earlier:
        return None
    before = Part(place, started.previous_reported, started.previous, tuple(earlier))
    own = (Window(started.since_ns, started.until_ns),)
    return before, Part(place, started.reported, started.release, own)


def _verdict(found: Pair) -> Verdict:
    """One thing that is surely worse makes a deployment worse, whatever became better."""
    verdicts = {each.verdict for each in found.changes if each.presence == "both"}
    shift = sum(each.change for each in found.shifts)
    if "worse" in verdicts or shift > 0:
        return "worse"
    if "better" in verdicts or shift < 0:
        return "better"
    return "unchanged" if "unchanged" in verdicts else "unknown"


def _made(found: Pair, verdict: Verdict, now_ns: int, *, is_final: bool) -> Receipt:
    told = sorted((each for each in found.changes if each.verdict in _MOVED or each.presence != "both"), key=rank)
    visible = smallest_visible(found.changes)
    return Receipt(
        verdict=verdict,
        is_final=is_final,
        summary=summary(verdict, told, found.shifts, visible),
        smallest_visible=visible,
        compared=sum(each.presence == "both" and each.verdict != "unknown" for each in found.changes),
        calls_before=found.calls_before,
        calls_after=found.calls_after,
        method=found.line.method,
        before_since=rfc3339(found.line.before.since_ns),
        before_until=rfc3339(found.line.before.until_ns),
        after_since=rfc3339(found.line.after.since_ns),
        after_until=rfc3339(found.line.after.until_ns),
        shifts=found.shifts,
        changes=tuple(told[:_MOST_CHANGES]),
        made=rfc3339(now_ns),
    )


def smallest_visible(changes: Sequence[Change]) -> float | None:
    """The smallest change of time that would have been seen in endpoints with at least half of all calls.

    Of all operations where there is no endpoint; None when nothing can be said.
    """
    own = [each for each in changes if each.subject == "endpoint"] or list(changes)
    found = sorted(
        (measure.smallest_visible, each.after.calls)
        for each in own
        for measure in each.measures
        if measure.measure == "duration" and measure.smallest_visible is not None
    )
    half, counted = sum(each.after.calls for each in own) / 2, 0
    for visible, calls in found:
        counted += calls
        if counted >= half:
            return visible
    return None


def summary(verdict: Verdict, told: Sequence[Change], shifts: Sequence[Shift], visible: float | None) -> str:
    """One sentence for a person."""
    seen = f"a change of {visible:.0%} would have been seen" if visible is not None else ""
    if verdict in _MOVED:
        moved = [each for each in told if each.verdict == verdict]
        if not moved:
            shift = shifts[0]
            direction = "slower" if shift.change > 0 else "faster"
            return f"All of {shift.service} became {direction} together by {abs(shift.change):.0%}."
        more = f", and {len(moved) - 1} more" if len(moved) > 1 else ""
        return f"{_words(moved[0])}{more}."
    if verdict == "unchanged":
        return f"Nothing changed that can be told from chance{f': {seen}' if seen else ''}."
    return "Too little traffic on both sides to say anything."


def _words(change: Change) -> str:
    measure = next(each for each in change.measures if each.verdict == change.verdict and each.measure != "calls")
    name = change.name if len(change.name) <= 60 else f"{change.name[:59]}…"
    return f"{name} {_moved(measure)}"


def _moved(each: Measured) -> str:
    match each.measure:
        case "duration" | "self_time":
            own = "own time " if each.measure == "self_time" else ""
            return f"takes {_time(each.after)} {own}instead of {_time(each.before)}"
        case "errors":
            return f"fails in {each.after:.1%} of its calls instead of {each.before:.1%}"
        case "queries":
            return f"runs {each.after:.3g} times a request instead of {each.before:.3g}"
        case _:
            return f"is slow in {each.after:.1%} of its calls instead of {each.before:.1%}"


def _time(ns: float) -> str:
    """Three digits in the unit that fits.

    >>> _time(70_300_000), _time(1_520_000_000), _time(4_100)
    ('70.3 ms', '1.52 s', '4.1 µs')
    """
    for size, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if ns >= size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns:.0f} ns"
