"""What settling asks of the store and puts into it: spans by arrival, facts, and rollups of facts."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from echoline.kinds import Param
from echoline.model.arrivals import Arrival, PartialTrace
from echoline.stores.engine import Engine
from echoline.stores.parts import Parts

FACTS = ("span_facts", "code_objects", "flows")
TABLES = frozenset(
    (*FACTS, *(f"{name}_{step}" for name in ("code_objects", "queries", "flows") for step in ("1m", "1h")))
)

_MINUTE_S, _HOUR_S = 60, 3600
_SPAN = (
    "trace_id, span_id, parent_span_id, service, environment, version, revision, resource_id, scope, kind, name, "
    "operation, query, toUnixTimestamp64Nano(start) AS start_ns, duration_ns, status_code, status, function, file, "
    "line, is_repeat_report, retention_days"
)
_ARRIVED = (
    "arrived > fromUnixTimestamp64Nano({after:Int64}, 'UTC') "
    "AND arrived <= fromUnixTimestamp64Nano({until:Int64}, 'UTC')"
)
_SUMS = ("calls", "errors", "duration_sum_ns", "self_sum_ns", "critical_sum_ns")
_SKETCHES = ("durations", "selves")
_KEYS_AT_ONCE = 4_000
_LEVELS = "0.01, 0.5, 0.95, 0.99"
_OF_ALL = "service, environment, version, revision"


class Source(NamedTuple):
    """What a rollup is made of, and how many rows it will have."""

    select: str
    counting: str


class Rollup(NamedTuple):
    """What is summed of which facts, by what."""

    keys: str
    condition: str


ROLLUPS: Mapping[str, Rollup] = {
    "code_objects": Rollup(f"{_OF_ALL}, code_object", "code_object != ''"),
    "queries": Rollup(f"{_OF_ALL}, query, entry", "query != ''"),
    "flows": Rollup(f"{_OF_ALL}, flow, entry", "is_root"),
}


class Settling:
    """The store as settling sees it. One thread may use it, for what it inserts is verified here."""

    def __init__(self, engine: Engine, check_room: Callable[[], None]) -> None:
        """`check_room` raises when the store may not grow."""
        self._engine, self._check_room = engine, check_room
        self._parts = Parts(engine, TABLES.__contains__)

    def insert(self, table: str, rows: pa.Table) -> None:
        """Adds rows, which replace those with the same key."""
        self._check_room()
        self._parts.check_room()
        self._engine.insert(table, rows, uuid.uuid4().hex)

    def confirm(self) -> None:
        """Returns when all that was inserted is on the disk. Raises Unavailable when something is not."""
        self._parts.verify()

    def arrivals(self, after_ns: int, until_ns: int) -> list[Arrival]:
        """When spans arrived after the one time and up to the other, in order."""
        found = self._engine.rows(
            "SELECT toUnixTimestamp64Nano(arrived) AS at, count() AS spans FROM spans "
            f"WHERE {_ARRIVED} GROUP BY at ORDER BY at LIMIT 10000",
            {"after": after_ns, "until": until_ns},
        )
        return [Arrival(int(str(each["at"])), int(str(each["spans"]))) for each in found]

    def arrived(self, after_ns: int, until_ns: int) -> pa.Table:
        """Spans that arrived after the one time and up to the other."""
        return self._engine.read(f"SELECT {_SPAN} FROM spans WHERE {_ARRIVED}", {"after": after_ns, "until": until_ns})

    def partial(self, after_ns: int, until_ns: int) -> list[PartialTrace]:
        """Of the traces with such spans those that have others too: how many there are in all, and when."""
        found = self._engine.read(
            f"WITH fresh AS (SELECT trace_id, count() AS n FROM spans WHERE {_ARRIVED} GROUP BY trace_id) "
            "SELECT t.trace_id AS trace_id, t.total AS spans, toUnixTimestamp64Nano(t.low) AS since_ns, "
            "toUnixTimestamp64Nano(t.high) AS until_ns FROM ("
            "SELECT trace_id, sum(traces.spans) AS total, min(traces.start) AS low, max(traces.until) AS high "
            "FROM traces WHERE trace_id IN (SELECT trace_id FROM fresh) GROUP BY trace_id) AS t "
            "INNER JOIN fresh ON t.trace_id = fresh.trace_id WHERE t.total > fresh.n ORDER BY since_ns, trace_id",
            {"after": after_ns, "until": until_ns},
        )
        return [PartialTrace(*row) for row in zip(*(column.to_pylist() for column in found.columns), strict=True)]

    def whole(self, traces: Sequence[PartialTrace], until_ns: int) -> pa.Table:
        """All spans of these traces that arrived up to a time."""
        return self._engine.read(
            f"SELECT {_SPAN} FROM spans WHERE trace_id IN (SELECT unhex(arrayJoin({{ids:Array(String)}}))) "
            "AND start >= fromUnixTimestamp64Nano({low:Int64}, 'UTC') "
            "AND start <= fromUnixTimestamp64Nano({high:Int64}, 'UTC') "
            "AND arrived <= fromUnixTimestamp64Nano({until:Int64}, 'UTC')",
            {
                "ids": [each.trace_id.hex() for each in traces],
                "low": min(each.since_ns for each in traces),
                "high": max(each.until_ns for each in traces),
                "until": until_ns,
            },
        )

    def languages(self, resource_ids: Sequence[int]) -> dict[int, str]:
        """What `telemetry.sdk.language` says, for those of the resources that say it."""
        found = self._engine.rows(
            "SELECT resource_id, any(attributes['telemetry.sdk.language']) AS language FROM resources "
            "WHERE resource_id IN {ids:Array(UInt64)} GROUP BY resource_id",
            {"ids": list(resource_ids)},
        )
        return {int(str(each["resource_id"])): str(each["language"]) for each in found}

    def roll_up_minutes(self, minutes: Sequence[int], built: int) -> None:
        """Makes the rollups of these minutes (in seconds since 1970) again, from facts; `built` must grow."""
        for name, rollup in ROLLUPS.items():
            self._roll_up(f"{name}_1m", rollup, _of_facts(rollup), minutes, _MINUTE_S, built)

    def roll_up_hours(self, hours: Sequence[int], built: int) -> None:
        """Makes the rollups of these hours again, from minutes."""
        for name, rollup in ROLLUPS.items():
            self._roll_up(f"{name}_1h", rollup, _of_minutes(name, rollup), hours, _HOUR_S, built)

    def _roll_up(
        self, table: str, rollup: Rollup, source: Source, times: Sequence[int], step_s: int, built: int
    ) -> None:
        """One insert, so that readers see the old rows or the new ones; several only where there are very many keys."""
        between: dict[str, Param] = {"times": sorted(times), "since": min(times), "until": max(times) + step_s}
        (found,) = self._engine.rows(source.counting, between)
        shares = 1 + int(str(found["n"])) // _KEYS_AT_ONCE
        for share in range(shares):
            self._engine.execute(
                _insert(table, rollup, source.select), {**between, "built": built, "shares": shares, "share": share}
            )


def _insert(table: str, rollup: Rollup, source: str) -> str:
    """Rows that were there and have no source any more become zeros."""
    no_sketch = f"quantilesDDStateIf({_LEVELS})(toInt64(0), 0)"
    nothing = ", ".join((*(f"0 AS {name}" for name in _SUMS), *(f"{no_sketch} AS {name}" for name in _SKETCHES)))
    sums = ", ".join(f"sum(r.{name}) AS {name}" for name in _SUMS)
    sketches = ", ".join(f"quantilesDDMergeState({_LEVELS})(r.{name}) AS {name}" for name in _SKETCHES)
    columns = ", ".join(("time", rollup.keys, *_SUMS, *_SKETCHES))
    key = f"time, {rollup.keys}"
    there = (
        f"SELECT {key}, {nothing} FROM {table} "
        f"WHERE time IN {{times:Array(UInt32)}} AND {_share(rollup)} GROUP BY {key}"
    )
    return (
        f"INSERT INTO {table} ({columns}, built) SELECT {key}, {sums}, {sketches}, {{built:UInt64}} "
        f"FROM (SELECT {columns} FROM ({source}) UNION ALL SELECT {columns} FROM ({there})) AS r "
        f"GROUP BY {key} SETTINGS max_threads = 1, max_insert_threads = 1, max_block_size = 4000000, "
        "min_insert_block_size_rows = 4000000, min_insert_block_size_bytes = 1000000000"
    )


def _share(rollup: Rollup) -> str:
    """A part of all keys: the engine holds a sketch of some 6 KB for each."""
    return f"cityHash64({rollup.keys}) % {{shares:UInt32}} = {{share:UInt32}}"


def _of_facts(rollup: Rollup) -> Source:
    found = (
        "FROM span_facts FINAL WHERE start >= toDateTime64({since:Int64}, 9, 'UTC') "
        "AND start < toDateTime64({until:Int64}, 9, 'UTC') AND toStartOfMinute(start) IN {times:Array(UInt32)} "
        f"AND {rollup.condition}"
    )
    select = (
        f"SELECT toStartOfMinute(start) AS time, {rollup.keys}, count() AS calls, countIf(is_error) AS errors, "
        "sum(duration_ns) AS duration_sum_ns, sum(self_ns) AS self_sum_ns, sum(critical_ns) AS critical_sum_ns, "
        f"quantilesDDState({_LEVELS})(duration_ns) AS durations, quantilesDDState({_LEVELS})(self_ns) AS selves "
        f"{found} AND {_share(rollup)} GROUP BY time, {rollup.keys}"
    )
    return Source(select, f"SELECT uniq(toStartOfMinute(start), {rollup.keys}) AS n {found}")


def _of_minutes(name: str, rollup: Rollup) -> Source:
    sums = ", ".join(f"sum(m.{each}) AS {each}" for each in _SUMS)
    sketches = ", ".join(f"quantilesDDMergeState({_LEVELS})(m.{each}) AS {each}" for each in _SKETCHES)
    found = (
        f"FROM {name}_1m AS m FINAL WHERE m.time >= toDateTime({{since:Int64}}, 'UTC') "
        "AND m.time < toDateTime({until:Int64}, 'UTC') AND toStartOfHour(m.time) IN {times:Array(UInt32)}"
    )
    select = (
        f"SELECT toStartOfHour(m.time) AS time, {rollup.keys}, {sums}, {sketches} "
        f"{found} AND {_share(rollup)} GROUP BY time, {rollup.keys}"
    )
    return Source(select, f"SELECT uniq(toStartOfHour(m.time), {rollup.keys}) AS n {found}")
