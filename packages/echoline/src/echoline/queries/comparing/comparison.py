"""The answer to "what changed between these two": every service of both sides compared, what matters most first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.model.answers import kind_of
from echoline.model.answers_compare import Change, Comparison, Judged, Numbers, Presence, Shift, SideShown, Subject
from echoline.model.ids import operation_id
from echoline.model.instants import BILLION, rfc3339
from echoline.model.window import Window
from echoline.queries.comparing.judging import Load, compared, gravest, impact, measured
from echoline.queries.comparing.series import ENTRY_KINDS, Operation, Totals, courses, mean_ns, totals
from echoline.queries.comparing.sides import Part, Side
from echoline.queries.comparing.timelines import LENGTH_NS, Timeline, timeline
from echoline.queries.sql_names import is_statement

MOST_OPERATIONS = 300
"""Of a service, those that take most time."""
_MOST_PAIRS = 20
# Fewer calls may be missing on the other side by chance.
_FEWEST_TO_BE_MISSED = 5.0
_NONE = Totals()


@dataclass(frozen=True)
class Pair:
    """One service on both sides, and what was found."""

    before: Part
    after: Part
    line: Timeline
    changes: tuple[Change, ...]
    shifts: tuple[Shift, ...]
    calls_before: int
    calls_after: int
    left_out: int


def comparison(store: Store, before: Side, after: Side, asked: Window | None, *, limit: int = 50) -> Comparison:
    """Both sides compared, service by service.

    Raises BadInput when they are the same, or have no service in common.
    """
    pairs = [pair(store, *both, asked, same_window=_is_same_time(before, after)) for both in pairs_of(before, after)]
    changes = sorted((each for one in pairs for each in one.changes), key=rank)
    counts = {name: sum(each.verdict == name and each.presence == "both" for each in changes) for name in _JUDGED}
    return Comparison(
        before=_side_shown(
            before, [(each.before, each.line.before) for each in pairs], sum(e.calls_before for e in pairs)
        ),
        after=_side_shown(after, [(each.after, each.line.after) for each in pairs], sum(e.calls_after for e in pairs)),
        method=pairs[0].line.method,
        worse=counts["worse"],
        better=counts["better"],
        unchanged=counts["unchanged"],
        unknown=counts["unknown"],
        shifts=tuple(each for one in pairs for each in one.shifts),
        items=tuple(changes[:limit]),
        left_out=max(0, len(changes) - limit) + sum(each.left_out for each in pairs),
        notes=tuple(dict.fromkeys(note for each in pairs for note in notes(each))),
    )


_JUDGED: tuple[Judged, ...] = ("worse", "better", "unchanged", "unknown")


def pairs_of(before: Side, after: Side) -> Sequence[tuple[Part, Part]]:
    """The services that both sides have, in the same environment where both are there. Raises BadInput."""
    if before.parts == after.parts:
        raise BadInput(f"{before.name!r} and {after.name!r} are the same data; name two sides that differ")
    theirs = {part.place: part for part in after.parts}
    pairs = [(part, theirs[part.place]) for part in before.parts if part.place in theirs]
    if not pairs:
        pairs = [(one, other) for one in before.parts for other in after.parts if one.place[0] == other.place[0]]
    if not pairs:
        services = [" and ".join(sorted({part.place[0] for part in side.parts})) for side in (before, after)]
        raise BadInput(f"{before.name!r} is of {services[0]}, {after.name!r} of {services[1]}: no service in common")
    found = [(one, other) for one, other in pairs if one != other]
    return found[:_MOST_PAIRS]


def _is_same_time(before: Side, after: Side) -> bool:
    return before.kind == after.kind == "environment"


def pair(
    store: Store,
    before: Part,
    after: Part,
    asked: Window | None,
    *,
    same_window: bool = False,
    length_ns: int = LENGTH_NS,
) -> Pair:
    """One service on both sides, of each at most `length_ns`."""
    line = timeline(before, after, asked, same_window=same_window, length_ns=length_ns)
    sides = [
        totals(store, part, window, is_by_minute=line.is_by_minute)
        for part, window in ((before, line.before), (after, line.after))
    ]
    ranked = sorted(
        {*sides[0], *sides[1]},
        key=lambda key: (-max(side.get(key, _NONE).duration_sum_ns for side in sides), key),
    )
    wanted = ranked[:MOST_OPERATIONS]
    found = compared(courses(store, before, after, line, wanted), line)
    load, changes = Load.of(sides[1]), []
    for key in wanted:
        numbers = [side.get(key, _NONE) for side in sides]
        measures = tuple(
            measured(name, by_key[key])
            for name, by_key in found.by_measure.items()
            if key in by_key and all(each.calls for each in numbers)
        )
        change = _change(after, key, numbers, line)
        change = replace(change, measures=measures, verdict=gravest(measures))
        changes.append(replace(change, impact=_impact(change, numbers, load)))
    shift = found.shift
    shifts = (Shift(after.place[0], shift.change, len(wanted)),) if shift and shift.is_flagged and shift.change else ()
    calls = [sum(each.calls for each in side.values()) for side in sides]
    return Pair(before, after, line, tuple(changes), shifts, calls[0], calls[1], len(ranked) - len(wanted))


def _change(after: Part, key: Operation, numbers: Sequence[Totals], line: Timeline) -> Change:
    kind, name = kind_of(key[0]), key[1]
    lengths = [(window.until_ns - window.since_ns) / (60 * BILLION) for window in (line.before, line.after)]
    return Change(
        subject=_subject(key),
        id=operation_id(after.place[0], kind, name),
        service=after.place[0],
        environment=after.place[1],
        kind=kind,
        name=name,
        presence=_presence(numbers, lengths),
        verdict="unknown",
        impact=0.0,
        before=_numbers(numbers[0], lengths[0]),
        after=_numbers(numbers[1], lengths[1]),
        measures=(),
    )


def _subject(key: Operation) -> Subject:
    if key[0] in ENTRY_KINDS:
        return "endpoint"
    return "query" if is_statement(key[1]) else "operation"


def _presence(numbers: Sequence[Totals], minutes: Sequence[float]) -> Presence:
    before, after = (each.calls for each in numbers)
    if not before and after * minutes[0] / max(minutes[1], 1e-9) >= _FEWEST_TO_BE_MISSED:
        return "new"
    if not after and before * minutes[1] / max(minutes[0], 1e-9) >= _FEWEST_TO_BE_MISSED:
        return "gone"
    return "both"


def _impact(change: Change, numbers: Sequence[Totals], load: Load) -> float:
    if change.presence == "new" and load.time_ns and change.subject != "endpoint":
        return numbers[1].duration_sum_ns / load.time_ns
    return impact(change.measures, numbers[0], numbers[1], load)


def _numbers(each: Totals, minutes: float) -> Numbers:
    has = each.calls > 0
    return Numbers(
        calls=each.calls,
        errors=each.errors,
        calls_per_minute=each.calls / minutes if minutes else 0.0,
        mean_ns=round(mean_ns(each)) if has else None,
        p50_ns=each.p50_ns if has else None,
        p95_ns=each.p95_ns if has else None,
        p99_ns=each.p99_ns if has else None,
    )


_TIERS: Mapping[Judged, int] = {"worse": 0, "better": 1, "unchanged": 3, "unknown": 4}


def rank(change: Change) -> tuple[int, float, int, str]:
    """What matters most first: surely worse, surely better, new or gone, then the rest by calls."""
    tier = 2 if change.presence != "both" else _TIERS.get(change.verdict, 3)
    return (tier, -abs(change.impact), -change.after.calls, change.id)


def notes(each: Pair) -> list[str]:
    """What limits the comparison of one service."""
    found = []
    for part, calls, window in (
        (each.before, each.calls_before, each.line.before),
        (each.after, each.calls_after, each.line.after),
    ):
        if not calls:
            between = f"from {rfc3339(window.since_ns)} to {rfc3339(window.until_ns)}"
            found.append(f"{part.place[0]} has no calls on one side, {between}")
    if not each.line.is_by_minute:
        found.append(
            f"only {_seconds(each.line)} s on a side: compared in slots of {each.line.slot_ns / BILLION:g} s, "
            "which sees less and is surer of itself than it should be"
        )
    return found


def _seconds(line: Timeline) -> int:
    return round(min(w.until_ns - w.since_ns for w in (line.before, line.after)) / BILLION)


def _side_shown(side: Side, parts: Sequence[tuple[Part, Window]], calls: int) -> SideShown:
    releases = [
        f"{part.place[0]} {part.name.version} ({part.name.revision})"
        if part.name.revision
        else f"{part.place[0]} {part.name.version}"
        for part, _ in parts
        if part.name is not None
    ]
    return SideShown(
        name=side.name,
        kind=side.kind,
        releases=tuple(dict.fromkeys(releases)),
        since=rfc3339(min(window.since_ns for _, window in parts)),
        until=rfc3339(max(window.until_ns for _, window in parts)),
        calls=calls,
    )
