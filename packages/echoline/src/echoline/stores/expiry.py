"""Drops what is older than its retention, and the oldest raw days when the disk bound is reached."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from echoline.config import RetentionConfig, StoreConfig, days
from echoline.stores.ages import FOREVER
from echoline.stores.engine import Engine

# Partitioned by (day, retention): the raw telemetry, the index of its traces, its facts, and the stacks of its samples.
BY_DAY = (
    *("spans", "logs", "metric_points", "exemplars", "traces", "span_facts"),
    *("profile_samples", "profile_stacks"),
)
# Partitioned by month.
ROLLUPS = (
    *("operations_1m", "operations_1h", "metrics_1m", "metrics_1h", "refusals", "redactions"),
    *("code_objects_1m", "code_objects_1h", "queries_1m", "queries_1h", "flows_1m", "flows_1h"),
    *("code_objects", "flows"),
)
DESCRIPTIONS = ("resources", "scopes")


@dataclass(frozen=True)
class Partition:
    """A partition with its first and last day, and how many days it is kept."""

    table: str
    id: str
    first: date
    last: date
    retention_days: int
    rows: int
    size_bytes: int


@dataclass(frozen=True)
class Dropped:
    """Rows that went, by table: because of their age, and for want of room. `is_full` when that was not enough."""

    expired: Mapping[str, int]
    crowded_out: Mapping[str, int]
    is_full: bool


def drop_expired(engine: Engine, retention: RetentionConfig, config: StoreConfig, now_ns: int) -> Dropped:
    """Drops whole partitions: a day when all of it is older than its retention, a month likewise for rollups.

    The newest raw day always stays; when the store is too large even so, nothing more should be inserted.
    """
    today = datetime.fromtimestamp(now_ns / 1e9, UTC).date()
    partitions = _partitions(engine, days(retention.rollups) or FOREVER)
    expired = [each for each in partitions if _is_expired(each, today, _oldest_day(partitions))]
    left = [each for each in partitions if each not in expired]
    crowded_out = list(_beyond(left, config.max_disk_bytes))
    for each in (*expired, *crowded_out):
        engine.execute(f"ALTER TABLE {each.table} DROP PARTITION ID '{each.id}'")
    size_bytes = sum(each.size_bytes for each in left) - sum(each.size_bytes for each in crowded_out)
    return Dropped(_rows(expired), _rows(crowded_out), size_bytes > config.max_disk_bytes)


def _is_expired(partition: Partition, today: date, oldest_day: date | None) -> bool:
    if partition.retention_days >= FOREVER or partition.last + timedelta(partition.retention_days) >= today:
        return False
    # Raw rows of a long retention still need to know their resource.
    return partition.table not in DESCRIPTIONS or oldest_day is None or partition.last < oldest_day


def _beyond(partitions: Iterable[Partition], max_bytes: int) -> Iterable[Partition]:
    """The oldest raw days that must go."""
    size_bytes = sum(each.size_bytes for each in partitions)
    raw = sorted((each for each in partitions if each.table in BY_DAY), key=lambda each: each.first)
    while size_bytes > max_bytes and raw and raw[0].first < raw[-1].first:
        oldest = [each for each in raw if each.first == raw[0].first]
        yield from oldest
        size_bytes -= sum(each.size_bytes for each in oldest)
        raw = raw[len(oldest) :]


def _oldest_day(partitions: Iterable[Partition]) -> date | None:
    return min((each.first for each in partitions if each.table in BY_DAY), default=None)


def _rows(partitions: Iterable[Partition]) -> Mapping[str, int]:
    rows: Counter[str] = Counter()
    for each in partitions:
        rows[each.table] += each.rows
    return dict(rows)


def _partitions(engine: Engine, rollup_days: int) -> list[Partition]:
    found = engine.rows(
        "SELECT table, partition_id AS id, any(partition) AS partition, sum(rows) AS rows, sum(bytes_on_disk) AS bytes "
        "FROM system.parts WHERE active AND database = currentDatabase() AND table IN {tables:Array(String)} "
        "GROUP BY table, id ORDER BY table, id",
        {"tables": [*BY_DAY, *ROLLUPS, *DESCRIPTIONS]},
    )
    return [
        Partition(
            str(each["table"]),
            str(each["id"]),
            *_period(str(each["partition"]), rollup_days),
            int(str(each["rows"])),
            int(str(each["bytes"])),
        )
        for each in found
    ]


def _period(partition: str, rollup_days: int) -> tuple[date, date, int]:
    """First day, last day and retention out of `('2026-11-22',14)` or `202611`."""
    if match := re.fullmatch(r"\('(\d{4}-\d\d-\d\d)',(\d+)\)", partition):
        day = date.fromisoformat(match[1])
        return day, day, int(match[2])
    first = date(int(partition[:4]), int(partition[4:]), 1)
    return first, (first + timedelta(31)).replace(day=1) - timedelta(1), rollup_days
