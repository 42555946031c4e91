"""Turns a batch, normalised and redacted, into the rows of the store's tables: columns in, columns out.

Columns keep their dictionaries, which the engine reads as LowCardinality.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from echoline.model.batch import Batch
from echoline.stores.ages import DAY_NS, MINUTE_NS, Ages
from echoline.stores.columns import Columns, array, numbers
from echoline.stores.identity import ids_of_strings, mixed
from echoline.stores.log_rows import log_rows
from echoline.stores.point_rows import exemplar_rows, point_rows
from echoline.stores.sample_rows import sample_rows, stack_rows
from echoline.stores.selection import keep
from echoline.stores.shared import Shared
from echoline.stores.span_rows import span_rows


@dataclass(frozen=True)
class Rows:
    """Rows by table, with the columns that the schema names; their partitions, as numbers that sort by day; for tables
    with rollups a number of the rollup row that each becomes a part of; and how many items were left out, by reason."""

    tables: Mapping[str, pa.Table]
    partitions: Mapping[str, npt.NDArray[np.int64]]
    rollup_rows: Mapping[str, npt.NDArray[np.int64]]
    rejected: Mapping[str, int]


def rows(batch: Batch, ages: Ages) -> Rows:
    """Rows of `spans`, `logs`, `metric_points` and `exemplars`, or `profile_samples` and `profile_stacks`; and of
    `resources` and `scopes`. No table is empty.

    Items older than their retention are `too_old`, those ahead of the clock beyond the limit `too_new`.
    """
    main, resources = batch.parts["rows"], batch.parts["resources"]
    retention_days = ages.retention_days(
        batch.signal, *(array(resources, name).to_pylist() for name in ("service", "environment"))
    )
    times_ns = numbers(main, "start_ns" if batch.signal == "traces" else "time_ns")
    too_old = ages.too_old(times_ns, retention_days[numbers(main, "resource")])
    too_new = ages.too_new(times_ns) & ~too_old
    found = _tables(Shared.of(keep(batch, ~(too_old | too_new)), retention_days))
    tables = {name: table for name, table in found.items() if table.num_rows}
    rejected = {"too_old": int(too_old.sum()), "too_new": int(too_new.sum())}
    return Rows(
        tables,
        {name: _partitions(name, table) for name, table in tables.items()},
        {name: _rollup_rows(name, tables[name]) for name in ("spans", "metric_points") if name in tables},
        {reason: count for reason, count in rejected.items() if count},
    )


def _partitions(name: str, table: pa.Table) -> npt.NDArray[np.int64]:
    """As the schema partitions: by day and retention, resources and scopes by month (a day will do)."""
    days: npt.NDArray[np.int64]
    if "day" in table.column_names:
        days = table.column("day").cast(pa.int32()).to_numpy().astype(np.int64)
        return days << 16 | table.column("retention_days").to_numpy() if name == "profile_stacks" else days << 16
    days = table.column("start" if name == "spans" else "time").cast(pa.int64()).to_numpy() // DAY_NS
    retention_days: npt.NDArray[np.int64] = table.column("retention_days").to_numpy()
    return days << 16 | retention_days


def _rollup_rows(name: str, table: pa.Table) -> npt.NDArray[np.int64]:
    """Hashes over what the views of the schema group by: the minute, and an operation or a series."""
    time = "start" if name == "spans" else "time"
    minutes = (table.column(time).cast(pa.int64()).to_numpy() // MINUTE_NS).astype(np.uint64)
    if name == "spans":
        operation = table.column("operation").combine_chunks()
        key = mixed(table.column("resource_id").to_numpy(), ids_of_strings(operation))
    else:
        key = table.column("series_id").to_numpy()
    return mixed(minutes, key).view(np.int64)


def _tables(shared: Shared) -> dict[str, pa.Table]:
    found: dict[str, Columns] = {}
    match shared.batch.signal:
        case "traces":
            main, time = found.setdefault("spans", span_rows(shared)), "start"
        case "logs":
            main, time = found.setdefault("logs", log_rows(shared)), "time"
        case "metrics":
            main, time = found.setdefault("metric_points", point_rows(shared)), "time"
            found["exemplars"] = exemplar_rows(shared, main)
        case "profiles":
            main, time = found.setdefault("profile_samples", sample_rows(shared)), "time"
    days = pc.cast(main[time], pa.int64()).to_numpy() // DAY_NS
    # What rows point at is inserted first, so that nobody who asks meanwhile finds a row without it.
    first = {"resources": shared.resources(days), "scopes": shared.scopes(days)}
    if shared.batch.signal == "profiles":
        first["profile_stacks"] = stack_rows(shared, main, days)
    return {name: pa.table(columns) for name, columns in {**first, **found}.items()}
