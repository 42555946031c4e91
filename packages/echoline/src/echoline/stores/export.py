"""Writes stored telemetry as Parquet, one file per signal and day, for DuckDB, Polars, Spark and others."""

import contextlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from echoline.errors import BadInput
from echoline.stores.engine import Engine
from echoline.stores.parameters import literal

# Table and time of each signal; ids are written in hexadecimal, attributes as maps, times in nanoseconds UTC.
SIGNALS = {
    "traces": ("spans", "start"),
    "logs": ("logs", "time"),
    "metrics": ("metric_points", "time"),
    "profiles": ("profile_samples", "time"),
}
# What is written beside the columns of a table, and where it is from.
_BESIDE = {
    "profile_samples": (
        ", stack",
        (
            " ANY LEFT JOIN (SELECT stack_id, any(stack) AS stack FROM profile_stacks WHERE day = {day:Date} "
            "GROUP BY stack_id) AS stacks USING (stack_id)"
        ),
    )
}
_BLOCK_BYTES = 1 << 20


def exportable_days(engine: Engine, signal: str) -> dict[str, int]:
    """Rows by day (`2026-11-22`), oldest first."""
    table, _ = _source(signal)
    found = engine.rows(
        "SELECT substring(partition, 3, 10) AS day, sum(rows) AS rows FROM system.parts "
        "WHERE active AND database = currentDatabase() AND table = {table:String} GROUP BY day ORDER BY day",
        {"table": table},
    )
    return {str(row["day"]): int(str(row["rows"])) for row in found}


def export(engine: Engine, signal: str, day: str, folder: Path) -> Iterator[bytes]:
    """A Parquet file in blocks; `folder` is for a temporary file, which goes with the last block.

    A day without rows gives a file without rows. Raises BadInput for an unknown signal or what is no day.
    """
    table, time = _source(signal)
    more, joined = _BESIDE.get(table, ("", ""))
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise BadInput(f"no day: {day!r}; a day is like 2026-11-22") from error
    path = folder / f".{signal}-{day}.parquet"
    path.unlink(missing_ok=True)
    with contextlib.ExitStack() as stack:
        stack.callback(path.unlink, missing_ok=True)
        engine.execute(
            f"SELECT {_columns(engine, table)}{more} FROM {table}{joined} WHERE toDate({time}) = {{day:Date}} "
            f"INTO OUTFILE {literal(str(path))} FORMAT Parquet SETTINGS max_result_bytes = 0, max_threads = 1, "
            "output_format_parquet_compression_method = 'zstd', output_format_parquet_row_group_size = 100000",
            {"day": day},
        )
        file = stack.enter_context(path.open("rb"))
        while block := file.read(_BLOCK_BYTES):
            yield block


def _columns(engine: Engine, table: str) -> str:
    """All columns of a table, ids in hexadecimal."""
    columns = engine.rows(
        "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} "
        "ORDER BY position",
        {"table": table},
    )
    return ", ".join(_column(str(each["name"]), str(each["type"])) for each in columns)


def _column(name: str, kind: str) -> str:
    if kind.startswith("FixedString"):
        return f"lower(hex(`{name}`)) AS `{name}`"
    if kind.startswith("Array(FixedString"):
        return f"arrayMap(x -> lower(hex(x)), `{name}`) AS `{name}`"
    return f"`{name}`"


def _source(signal: str) -> tuple[str, str]:
    if signal not in SIGNALS:
        raise BadInput(f"no signal {signal!r}; there are {', '.join(SIGNALS)}")
    return SIGNALS[signal]
