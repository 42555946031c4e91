"""Times the comparison of two revisions over many spans: `python bench/compare.py --spans 10000000`."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "packages/echoline/tests"))

from echoline.config import StoreConfig
from echoline.model.window import Window
from echoline.queries.comparing.comparison import comparison
from echoline.queries.comparing.sides import Names
from echoline.queries.deployments import deployments, seen
from echoline.stores.engine import Engine
from traffic import START_NS

HOUR_S, BILLION = 3600, 10**9
HOURS, BEFORE_H = 48, 40
ENDPOINTS, QUERIES, FUNCTIONS, FLOWS = 120, 400, 300, 100
PLACE = "'shop', 'prod'"
# Sums of uniform numbers are near enough to the logarithms of durations; the same in each run.
_LOGS = " + ".join(f"cityHash64(number, {{hour}}, {place}) / pow(2, 64)" for place in range(3))
DURATION = f"toInt64((1 + thing % 40) * 1e6 * exp({_LOGS} - 1.5))"
SKETCH = "quantilesDDState(0.01, 0.5, 0.95, 0.99)(duration)"
NAMES = {
    "operations_1m": f"toInt8(if(thing < {ENDPOINTS}, 2, 3)), "
    f"if(thing < {ENDPOINTS}, concat('GET /page/', toString(thing)), concat('SELECT a FROM t', toString(thing)))",
    "code_objects_1m": "concat('python:shop.pages:page_', toString(thing))",
    "queries_1m": f"concat('SELECT a FROM t', toString(thing)), concat('GET /page/', toString(thing % {ENDPOINTS}))",
    "flows_1m": f"hex(cityHash64(thing)), concat('GET /page/', toString(thing % {ENDPOINTS}))",
}
THINGS = {
    "operations_1m": ENDPOINTS + QUERIES, "code_objects_1m": FUNCTIONS, "queries_1m": QUERIES, "flows_1m": FLOWS,
}  # fmt: skip


def main() -> None:
    """Two days of one service: forty hours of one revision, eight of the next, as rollups of its spans."""
    parser = argparse.ArgumentParser(description="time a comparison")
    parser.add_argument("--spans", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder), StoreConfig())
        began_s = time.perf_counter()
        for table in THINGS:
            fill(engine, table, given.spans)
        calls = engine.rows("SELECT sum(calls) AS calls, count() AS rows FROM operations_1m")[0]
        print(f"{calls['calls']:,} spans in {calls['rows']:,} rows of operations, {ENDPOINTS + QUERIES} operations")
        print(f"written in {time.perf_counter() - began_s:.0f} s")
        for _ in range(given.rounds):
            began_s, cpu_s = time.perf_counter(), time.process_time()
            found = once(engine)
            took = f"{time.perf_counter() - began_s:.2f} s, {time.process_time() - cpu_s:.2f} s of CPU"
            print(f"{took}: {found} worse", flush=True)
        engine.close()


def fill(engine: Engine, table: str, spans: int) -> None:
    """Writes a rollup as if so many spans had been settled; an hour at a time, and the hours from the minutes."""
    is_fact = table != "operations_1m"
    sums = "sum(duration), sum(self), sum(self)" if is_fact else "sum(duration)"
    states = f"{SKETCH}, quantilesDDState(0.01, 0.5, 0.95, 0.99)(self), toUInt64(1)" if is_fact else SKETCH
    for hour in range(HOURS):
        release = "1" if hour < BEFORE_H else "2"
        engine.execute(f"""
            INSERT INTO {table}
            SELECT toDateTime({START_NS // BILLION + hour * HOUR_S}) + minute * 60, {PLACE},
                '{release}', '{release}abcdef', {NAMES[table]},
                count(), countIf(cityHash64(number) % 200 = 0), {sums}, {states}
            FROM (
                SELECT number, number % {THINGS[table]} AS thing, intDiv(number, {THINGS[table]}) % 60 AS minute,
                    {DURATION.format(hour=hour)} AS duration, intDiv(duration, 3) AS self
                FROM numbers({spans // HOURS})
            )
            GROUP BY thing, minute
        """)
    if is_fact:
        engine.execute(hourly(table))


def hourly(table: str) -> str:
    """The rollup by the hour of a rollup by the minute; that of operations has a view."""
    name = {"code_objects_1m": "code_object", "queries_1m": "query, entry", "flows_1m": "flow, entry"}[table]
    merged = ", ".join(f"quantilesDDMergeState(0.01, 0.5, 0.95, 0.99)(rolled.{of})" for of in ("durations", "selves"))
    return f"""
        INSERT INTO {table.replace("_1m", "_1h")}
        SELECT toStartOfHour(rolled.time), service, environment, version, revision, {name},
            sum(rolled.calls), sum(rolled.errors),
            sum(rolled.duration_sum_ns), sum(rolled.self_sum_ns), sum(rolled.critical_sum_ns), {merged}, toUInt64(1)
        FROM {table} AS rolled GROUP BY toStartOfHour(rolled.time), service, environment, version, revision, {name}
    """


def once(engine: Engine) -> int:
    """One comparison with all that it takes, as the API does it."""
    window = Window(START_NS - 28 * 24 * HOUR_S * BILLION, START_NS + HOURS * HOUR_S * BILLION)
    names = Names(seen(engine, window), deployments(engine, window), window, window.until_ns)
    return comparison(engine, names.side("1abcdef"), names.side("2abc"), None).worse


if __name__ == "__main__":
    main()
