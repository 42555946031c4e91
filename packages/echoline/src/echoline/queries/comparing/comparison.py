"""The answer to "what changed between these two": every service of both sides compared, what matters most first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.model.answers import kind_of
from echoline.model.answers_compare import (
    Change,
    Comparison,
    Judged,
    Measured,
    MeasureName,
    Numbers,
    Presence,
    Shift,
    SideShown,
    Subject,
)
from echoline.model.ids import operation_id
from echoline.model.instants import BILLION, rfc3339
from echoline.model.window import Window
from echoline.queries.comparing.judging import Load, compared, gravest, impact, measured
from echoline.queries.comparing.series import (
    CODE_KIND,
    CODE_OBJECTS,
    ENTRY_KINDS,
    FLOW_KIND,
    FLOWS,
    OPERATIONS,
    Operation,
    Source,
    Totals,
    courses,
    flow_names,
    mean_ns,
    totals,
)
from echoline.queries.comparing.sides import Part, Side
from echoline.queries.comparing.timelines import LENGTH_NS, Timeline, timeline
from echoline.queries.sql_names import is_statement
from echoline.statistics.comparison import Comparison as Judgement

MOST_OPERATIONS = 300
MOST_OTHERS = 100
"""Of a service, those that take most time: operations; code objects and flows."""
_MOST_PAIRS = 20
# Fewer calls may be missing on the other side by chance.
_FEWEST_TO_BE_MISSED = 5.0
# Shapes of traces vary more than that.
_FEWEST_FLOWS = 30.0
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
    found, shift = _compared(store, before, after, line, OPERATIONS)
    load = Load.of({key: each.after for key, each in found.items()})
    code, _ = _compared(store, before, after, line, CODE_OBJECTS)
    flows, _ = _compared(store, before, after, line, FLOWS)
    names = flow_names(store, [key[1] for key in flows])
    changes = [_change(after, key, each, line, load, names) for key, each in {**found, **code, **flows}.items()]
    shifts = [Shift(after.place[0], shift.change, len(found))] if shift and shift.is_flagged and shift.change else []
    ranked = sorted(found, key=lambda key: -found[key].longest_ns)
    kept = set(ranked[:MOST_OPERATIONS]) | set(code) | set(flows)
    return Pair(
        before=before,
        after=after,
        line=line,
        changes=tuple(change for key, change in zip({**found, **code, **flows}, changes, strict=True) if key in kept),
        shifts=tuple(shifts),
        calls_before=sum(each.before.calls for each in found.values()),
        calls_after=sum(each.after.calls for each in found.values()),
        left_out=max(0, len(found) - MOST_OPERATIONS),
    )


@dataclass(frozen=True, slots=True)
class Both:
    """A thing on both sides, with what the statistics say."""

    before: Totals
    after: Totals
    measures: tuple[Measured, ...]

    @property
    def longest_ns(self) -> int:
        return max(self.before.duration_sum_ns, self.after.duration_sum_ns)


def _compared(
    store: Store, before: Part, after: Part, line: Timeline, source: Source
) -> tuple[dict[Operation, Both], Judgement | None]:
    """The things of one sort, and how they moved together; those beyond the largest have no measures."""
    first, second = (
        totals(store, part, window, is_by_minute=line.is_by_minute, source=source)
        for part, window in ((before, line.before), (after, line.after))
    )
    sides = {key: (first.get(key, _NONE), second.get(key, _NONE)) for key in {**first, **second}}
    ranked = sorted(sides, key=lambda key: (-max(each.duration_sum_ns for each in sides[key]), key))
    wanted = ranked[: MOST_OPERATIONS if source is OPERATIONS else MOST_OTHERS]
    time: MeasureName = "self_time" if source is CODE_OBJECTS else "duration"
    found = compared(courses(store, before, after, line, wanted, source), line, time=time)
    made = {}
    for key in ranked if source is OPERATIONS else wanted:
        has_both = all(each.calls for each in sides[key])
        judged = [measured(name, by[key]) for name, by in found.by_measure.items() if key in by and has_both]
        made[key] = Both(*sides[key], tuple(judged))
    return made, found.shift


def _change(after: Part, key: Operation, both: Both, line: Timeline, load: Load, names: Mapping[str, str]) -> Change:
    lengths = [(window.until_ns - window.since_ns) / (60 * BILLION) for window in (line.before, line.after)]
    numbers, kind = (both.before, both.after), kind_of(max(key[0], 0))
    subject = _subject(key)
    presence = _presence(numbers, lengths, _FEWEST_FLOWS if subject == "flow" else _FEWEST_TO_BE_MISSED)
    is_added = presence == "new" and subject in ("query", "operation") and load.time_ns
    return Change(
        subject=subject,
        id=key[1] if key[0] < 0 else operation_id(after.place[0], kind, key[1]),
        service=after.place[0],
        environment=after.place[1],
        kind=kind,
        name=names.get(key[1], key[1]),
        presence=presence,
        verdict=gravest(both.measures),
        impact=both.after.duration_sum_ns / load.time_ns if is_added else impact(both.measures, *numbers, load),
        before=_numbers(both.before, lengths[0], is_own=subject == "code_object"),
        after=_numbers(both.after, lengths[1], is_own=subject == "code_object"),
        measures=both.measures,
    )


def _subject(key: Operation) -> Subject:
    match key[0]:
        case number if number == CODE_KIND:
            return "code_object"
        case number if number == FLOW_KIND:
            return "flow"
        case number if number in ENTRY_KINDS:
            return "endpoint"
    return "query" if is_statement(key[1]) else "operation"


def _presence(numbers: Sequence[Totals], minutes: Sequence[float], fewest: float) -> Presence:
    before, after = (each.calls for each in numbers)
    if not before and after * minutes[0] / max(minutes[1], 1e-9) >= fewest:
        return "new"
    if not after and before * minutes[1] / max(minutes[0], 1e-9) >= fewest:
        return "gone"
    return "both"


def _numbers(each: Totals, minutes: float, *, is_own: bool) -> Numbers:
    """`is_own`: its times are those of its own code, without what it called."""
    has = each.calls > 0
    return Numbers(
        calls=each.calls,
        errors=each.errors,
        calls_per_minute=each.calls / minutes if minutes else 0.0,
        mean_ns=round(mean_ns(each)) if has else None,
        p50_ns=each.p50_ns if has else None,
        p95_ns=each.p95_ns if has else None,
        p99_ns=each.p99_ns if has else None,
        self_ns=round(mean_ns(each)) if has and is_own else None,
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
