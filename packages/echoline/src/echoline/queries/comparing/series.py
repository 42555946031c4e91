"""What two sides did, by operation: numbers of each side, and series by slot for the statistics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from echoline.kinds import Store
from echoline.model.deployments import Release
from echoline.model.instants import BILLION
from echoline.model.window import Window
from echoline.queries.comparing.sides import Part
from echoline.queries.comparing.timelines import Timeline
from echoline.queries.pages import rows
from echoline.queries.params import Params
from echoline.statistics.series import LOG_STEP, DurationSeries, Floats

# Midpoints of fifteen equal parts of the lower nine tenths, and of ten of the slowest one: the tail is looked at apart.
_PARTS = [0.06] * 15 + [0.01] * 10
_LEVELS = [sum(_PARTS[:place]) + part / 2 for place, part in enumerate(_PARTS)]
# A sketch of n calls looks for level q at place q (n - 1): the longest call is found at 1 only, and counts apart.
_OF = ", ".join([*(f"{level:.3f}" for level in _LEVELS), "1"])
_COLUMNS = len(_LEVELS) + 1
ENTRY_KINDS = (2, 5)

Operation = tuple[int, str]
"""Kind and name; a comparison is of one service. What has no span kind has the number of its source instead."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where one sort of things is counted: a rollup by the minute, and rows of single calls for finer slots."""

    rollup: str
    calls: str
    kind: str
    name: str
    """SQL of the two parts of the key."""
    is_error: str
    duration_sum: str
    sketch: str
    duration: str
    counts: str
    """The condition for rows of single calls that count."""


OPERATIONS = Source(
    "operations_1m", "spans", "kind", "operation", "status_code = 2", "duration_sum_ns", "durations", "duration_ns",
    "NOT is_repeat_report",
)  # fmt: skip
CODE_KIND, FLOW_KIND = -1, -2
CODE_OBJECTS = Source(
    "code_objects_1m FINAL", "span_facts FINAL", f"toInt8({CODE_KIND})", "code_object", "is_error", "self_sum_ns",
    "selves", "self_ns", "code_object != ''",
)  # fmt: skip
FLOWS = Source(
    "flows_1m FINAL", "span_facts FINAL", f"toInt8({FLOW_KIND})", "flow", "is_error", "duration_sum_ns", "durations",
    "duration_ns", "is_root AND flow != ''",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Totals:
    """What an operation did on one side."""

    calls: int = 0
    errors: int = 0
    duration_sum_ns: int = 0
    p50_ns: int = 0
    p95_ns: int = 0
    p99_ns: int = 0


@dataclass(frozen=True)
class Course:
    """An operation over the timeline: history, earlier window, later window, or both cohorts one after the other."""

    calls: Floats
    errors: Floats
    slot: list[int] = field(default_factory=list)
    bucket: list[Floats] = field(default_factory=list)
    count: list[Floats] = field(default_factory=list)

    def durations(self, first: int = 0, until: int | None = None) -> DurationSeries:
        """The durations of the slots from `first` to `until`, numbered from 0."""
        until = len(self.calls) if until is None else until
        chosen = [place for place, slot in enumerate(self.slot) if first <= slot < until]
        if not chosen:
            return DurationSeries.in_buckets(until - first, [], [], [])
        slots = np.repeat(np.array([self.slot[place] - first for place in chosen]), _COLUMNS)
        buckets = np.concatenate([self.bucket[place] for place in chosen])
        return DurationSeries.in_buckets(
            until - first, slots, buckets, np.concatenate([self.count[place] for place in chosen])
        )


def totals(
    store: Store, part: Part, window: Window, *, is_by_minute: bool, source: Source = OPERATIONS
) -> dict[Operation, Totals]:
    """What each operation did on one side."""
    params = Params()
    where = f"{condition(part, params)} AND {_within(window, params, is_by_minute=is_by_minute)}"
    if is_by_minute:
        numbers = f"sum(calls) AS number, sum(errors) AS failed, sum({source.duration_sum}) AS total_ns"
        quantiles, table = f"quantilesDDMerge(0.01, 0.5, 0.95, 0.99)({source.sketch})", source.rollup
    else:
        numbers = f"count() AS number, countIf({source.is_error}) AS failed, sum({source.duration}) AS total_ns"
        quantiles, table = f"quantilesExact(0.5, 0.95, 0.99)({source.duration})", source.calls
        where += f" AND {source.counts}"
    sql = f"""
        SELECT {source.kind} AS of_kind, toString({source.name}) AS of_name, {numbers}, {quantiles} AS quantiles
        FROM {table} WHERE {where} GROUP BY of_kind, of_name HAVING number > 0
    """
    return {
        (row["of_kind"], row["of_name"]): Totals(
            row["number"], row["failed"], row["total_ns"], *(round(each) for each in row["quantiles"])
        )
        for row in rows(store, sql, params)
    }


def courses(
    store: Store, before: Part, after: Part, line: Timeline, wanted: Sequence[Operation], source: Source = OPERATIONS
) -> Mapping[Operation, Course]:
    """The series of these operations."""
    history, first, second = line.slots
    length = history + first + second
    found = {each: Course(np.zeros(length), np.zeros(length)) for each in wanted}
    anything = Part(before.place, None, None, before.runs)
    pieces: list[tuple[Part, Window | None, int]] = [
        (anything, line.history, 0),
        (before, line.before, history),
        (after, line.after, history + first),
    ]
    for part, window, offset in pieces:
        if window is not None and wanted:
            _read(_slots(store, part, window, line, wanted, source), offset, found, is_sketch=line.is_by_minute)
    return found


def _slots(
    store: Store, part: Part, window: Window, line: Timeline, wanted: Sequence[Operation], source: Source
) -> pa.Table:
    params = Params()
    where = f"{condition(part, params)} AND {_within(window, params, is_by_minute=line.is_by_minute)}"
    names = params.put([name for _, name in wanted], "Array(String)")
    kinds = params.put([kind for kind, _ in wanted], "Array(Int64)")
    where += f" AND (toInt64({source.kind}), toString({source.name})) IN (SELECT arrayJoin(arrayZip({kinds}, {names})))"
    if line.is_by_minute:
        slot = f"intDiv(toUnixTimestamp(time) - {params.put(window.since_ns // BILLION, 'Int64')}, 60)"
        numbers = "sum(calls) AS number, sum(errors) AS failed"
        quantiles, table = f"quantilesDDMerge(0.01, {_OF})({source.sketch})", source.rollup
    else:
        since = params.put(window.since_ns, "Int64")
        slot = f"intDiv(toUnixTimestamp64Nano(start) - {since}, {line.slot_ns})"
        numbers = f"count() AS number, countIf({source.is_error}) AS failed"
        quantiles, table = f"quantilesExact({_OF})({source.duration})", source.calls
        where += f" AND {source.counts}"
    sql = f"""
        SELECT {source.kind} AS of_kind, toString({source.name}) AS of_name, {slot} AS slot, {numbers},
            arrayMap(q -> toFloat64(q), {quantiles}) AS quantiles
        FROM {table} WHERE {where} GROUP BY of_kind, of_name, slot HAVING number > 0
    """
    return store.query(sql, params.values)


def _read(table: pa.Table, offset: int, found: Mapping[Operation, Course], *, is_sketch: bool) -> None:
    if not table.num_rows:
        return
    quantiles = table["quantiles"].combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(-1, _COLUMNS)
    buckets = np.floor(np.log(np.maximum(np.nan_to_num(quantiles, nan=1.0), 1.0)) / LOG_STEP)
    calls = table["number"].to_numpy().astype(np.float64)
    errors = table["failed"].to_numpy().astype(np.float64)
    lower = calls - 1 if is_sketch else calls
    counts = np.hstack([lower[:, None] * np.array(_PARTS), (calls - lower)[:, None]])
    slots = table["slot"].to_numpy().astype(np.int64) + offset
    keys = zip(table["of_kind"].to_pylist(), table["of_name"].to_pylist(), strict=True)
    for row, key in enumerate(keys):
        course = found[key]
        slot = int(slots[row])
        course.calls[slot] += calls[row]
        course.errors[slot] += errors[row]
        course.slot.append(slot)
        course.bucket.append(buckets[row])
        course.count.append(counts[row])


def flow_names(store: Store, flows: Sequence[str]) -> dict[str, str]:
    """What people call a flow: its entry and how many steps it has."""
    params = Params()
    wanted = params.put(list(flows), "Array(String)")
    sql = f"""
        SELECT flow, any(entry) AS named, any(steps_total) AS steps FROM flows WHERE flow IN {wanted} GROUP BY flow
    """
    found = rows(store, sql, params) if flows else []
    return {row["flow"]: f"{row['named']} ({row['steps']} steps)" for row in found}


def condition(part: Part, params: Params) -> str:
    """One condition on rollups and spans: the service, the environment and the releases of a part."""
    tests = [f"service = {params.put(part.place[0])}", f"environment = {params.put(part.place[1])}"]
    if part.reported is not None:
        pairs = ", ".join(_pair(release, params) for release in sorted(part.reported))
        tests.append(f"(version, revision) IN ({pairs})" if pairs else "0")
    return " AND ".join(tests)


def _pair(release: Release, params: Params) -> str:
    return f"({params.put(release.version)}, {params.put(release.revision)})"


def _within(window: Window, params: Params, *, is_by_minute: bool) -> str:
    if is_by_minute:
        return f"time >= {params.second(window.since_ns)} AND time < {params.second(window.until_ns)}"
    return params.within(window)


def mean_ns(each: Totals) -> float:
    """Of all its calls; 0 without any."""
    return each.duration_sum_ns / each.calls if each.calls else 0.0
