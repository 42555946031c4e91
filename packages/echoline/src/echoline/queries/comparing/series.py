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
"""Kind and name; a comparison is of one service."""


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


def totals(store: Store, part: Part, window: Window, *, is_by_minute: bool) -> dict[Operation, Totals]:
    """What each operation did on one side."""
    params = Params()
    where = f"{condition(part, params)} AND {_within(window, params, is_by_minute=is_by_minute)}"
    if is_by_minute:
        numbers = "sum(r.calls) AS calls, sum(r.errors) AS errors, sum(r.duration_sum_ns) AS duration_sum_ns"
        quantiles, table = "quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(r.durations)", "operations_1m"
    else:
        numbers = "count() AS calls, countIf(status_code = 2) AS errors, sum(r.duration_ns) AS duration_sum_ns"
        quantiles, table = "quantilesExact(0.5, 0.95, 0.99)(r.duration_ns)", "spans"
        where += " AND NOT is_repeat_report"
    sql = f"""
        SELECT kind, operation, {numbers}, {quantiles} AS quantiles FROM {table} AS r WHERE {where}
        GROUP BY kind, operation
    """
    return {
        (row["kind"], row["operation"]): Totals(
            row["calls"], row["errors"], row["duration_sum_ns"], *(round(each) for each in row["quantiles"])
        )
        for row in rows(store, sql, params)
    }


def courses(
    store: Store, before: Part, after: Part, line: Timeline, wanted: Sequence[Operation]
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
            _read(_slots(store, part, window, line, wanted), offset, found, is_sketch=line.is_by_minute)
    return found


def _slots(store: Store, part: Part, window: Window, line: Timeline, wanted: Sequence[Operation]) -> pa.Table:
    params = Params()
    where = f"{condition(part, params)} AND {_within(window, params, is_by_minute=line.is_by_minute)}"
    names = params.put([name for _, name in wanted], "Array(String)")
    kinds = params.put([kind for kind, _ in wanted], "Array(Int64)")
    where += f" AND (toInt64(kind), toString(operation)) IN (SELECT arrayJoin(arrayZip({kinds}, {names})))"
    if line.is_by_minute:
        slot = f"intDiv(toUnixTimestamp(time) - {params.put(window.since_ns // BILLION, 'Int64')}, 60)"
        numbers = "sum(r.calls) AS calls, sum(r.errors) AS errors"
        quantiles, table = f"quantilesDDMerge(0.01, {_OF})(r.durations)", "operations_1m"
    else:
        since = params.put(window.since_ns, "Int64")
        slot = f"intDiv(toUnixTimestamp64Nano(start) - {since}, {line.slot_ns})"
        numbers = "count() AS calls, countIf(status_code = 2) AS errors"
        quantiles, table = f"quantilesExact({_OF})(r.duration_ns)", "spans"
        where += " AND NOT is_repeat_report"
    sql = f"""
        SELECT kind, toString(operation) AS name, {slot} AS slot, {numbers},
            arrayMap(q -> toFloat64(q), {quantiles}) AS quantiles
        FROM {table} AS r WHERE {where} GROUP BY kind, name, slot
    """
    return store.query(sql, params.values)


def _read(table: pa.Table, offset: int, found: Mapping[Operation, Course], *, is_sketch: bool) -> None:
    if not table.num_rows:
        return
    quantiles = table["quantiles"].combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(-1, _COLUMNS)
    buckets = np.floor(np.log(np.maximum(np.nan_to_num(quantiles, nan=1.0), 1.0)) / LOG_STEP)
    calls = table["calls"].to_numpy().astype(np.float64)
    errors = table["errors"].to_numpy().astype(np.float64)
    lower = calls - 1 if is_sketch else calls
    counts = np.hstack([lower[:, None] * np.array(_PARTS), (calls - lower)[:, None]])
    slots = table["slot"].to_numpy().astype(np.int64) + offset
    keys = zip(table["kind"].to_pylist(), table["name"].to_pylist(), strict=True)
    for row, key in enumerate(keys):
        course = found[key]
        slot = int(slots[row])
        course.calls[slot] += calls[row]
        course.errors[slot] += errors[row]
        course.slot.append(slot)
        course.bucket.append(buckets[row])
        course.count.append(counts[row])


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
