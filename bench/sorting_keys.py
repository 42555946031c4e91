"""Compares sorting keys of `spans` on recorded applications: disk, merges and the usual questions.

    python bench/sorting_keys.py CORPORA [--spans 10000000]

The recordings are decoded once; copies with other ids are spread over 48 hours and inserted in the order of time, as
they would arrive. Each question is asked once cold and seven times warm; shown are the milliseconds of the cold one,
the median of the warm ones, and what a warm one costs in CPU time, which a busy machine changes least.
"""

import argparse
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import zstandard

from echoline.config import RedactionConfig, RetentionConfig, Settings, StoreConfig
from echoline.decoding import decode
from echoline.model.records import Request
from echoline.processors.normalise import Normalise
from echoline.processors.redact import Redact
from echoline.stores.ages import Ages
from echoline.stores.engine import Engine
from echoline.stores.rows import rows

KEYS = {
    "as it is": "service, toStartOfHour(start), operation, start",
    "without hours": "service, operation, start",
    "hours of traces": "service, operation, toStartOfHour(start), trace_id",
    "without operation": "service, start",
}
HOURS = 48
NOW_NS = time.time_ns() // 10**9 * 10**9
SETTINGS = Settings()


def recorded(corpora: Path) -> pa.Table:
    """The rows of all recorded spans."""
    tables = []
    for path in sorted(corpora.glob("*/*traces*.zst")):
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(path.open("rb")) as stream:
            bodies = []
            while head := stream.read(4):
                bodies.append(stream.read(struct.unpack(">I", head)[0]))
        made = [Request("traces", "protobuf", "identity", body, NOW_NS) for body in bodies]
        batch = decode("traces", made, SETTINGS.limits, NOW_NS).batch
        batch = Redact(RedactionConfig()).process(Normalise().process(batch))
        tables.append(rows(batch, Ages(RetentionConfig(raw="off"), 1 << 40, NOW_NS)).tables["spans"])
    return pa.concat_tables(tables, promote_options="default")


def copies(table: pa.Table, spans: int) -> Iterator[pa.Table]:
    """The table again and again, each time later and with other ids."""
    chance, many = np.random.default_rng(1), spans // table.num_rows + 1
    started = table.column("start").cast(pa.int64()).to_numpy()
    span_ns = HOURS * 3600 * 10**9 // many
    spread = (started - started.min()) * min(1.0, span_ns / max(1, np.ptp(started)))
    for number in range(many):
        made = table
        for name, width in (("trace_id", 16), ("span_id", 8), ("parent_span_id", 8)):
            ids = np.frombuffer(b"".join(table.column(name).to_pylist()), np.uint8).reshape(-1, width)
            mask = chance.integers(0, 256, width, np.uint8)
            changed = np.where(ids.any(axis=1, keepdims=True), ids ^ mask, 0).astype(np.uint8)
            array = pa.FixedSizeBinaryArray.from_buffers(
                pa.binary(width), len(ids), [None, pa.py_buffer(changed.tobytes())]
            )
            made = made.set_column(made.schema.get_field_index(name), name, array)
        start = (NOW_NS - HOURS * 3600 * 10**9 + number * span_ns + spread).astype(np.int64)
        yield made.set_column(made.schema.get_field_index("start"), "start", pa.array(start).cast(pa.timestamp("ns")))


def sort_by(engine: Engine, key: str) -> None:
    """Makes the table of spans anew, empty; the rollups and the trace index stay as the first filling left them."""
    (table,) = engine.rows(
        "SELECT create_table_query AS sql, sorting_key AS key FROM system.tables "
        "WHERE name = 'spans' AND database = currentDatabase()"
    )
    if str(table["key"]) != key:
        for view in ("traces_view", "operations_1h_view", "operations_1m_view"):
            engine.execute(f"DROP VIEW IF EXISTS {view} SYNC")
        engine.execute("DROP TABLE spans SYNC")
        engine.execute(str(table["sql"]).replace(f"ORDER BY ({table['key']})", f"ORDER BY ({key})"))


def fill(engine: Engine, name: str, table: pa.Table, spans: int) -> None:
    """Inserts the copies, waits for the merges, and prints what that took."""
    began, cpu = time.perf_counter(), time.process_time()
    for number, copy in enumerate(copies(table, spans)):
        engine.insert("spans", copy, f"{name}:{number}")
    while engine.rows("SELECT 1 AS n FROM system.merges"):
        time.sleep(0.5)
    (size,) = engine.rows(
        "SELECT sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts FROM system.parts "
        "WHERE active AND table = 'spans'"
    )
    made, each = int(str(size["rows"])), 1 / int(str(size["rows"]))
    print(
        f"\n{name}: {made:,} spans, {int(str(size['bytes'])) * each:.1f} bytes each in {size['parts']} parts, "
        f"{(time.process_time() - cpu) * each * 1e6:.2f} µs CPU each, {time.perf_counter() - began:.0f} s",
        flush=True,
    )


def questions(engine: Engine) -> dict[str, str]:
    """SQL by name, about things that are really there."""
    (one,) = engine.rows(
        "SELECT lower(hex(trace_id)) AS id FROM traces WHERE spans BETWEEN 5 AND 50 LIMIT 1 OFFSET 1000"
    )
    (top,) = engine.rows("SELECT service, operation FROM operations_1h GROUP BY 1, 2 ORDER BY sum(calls) DESC LIMIT 1")
    day = f"start >= fromUnixTimestamp64Nano({NOW_NS - 24 * 3600 * 10**9}, 'UTC')"
    mine = f"service = '{top['service']}' AND operation = '{str(top['operation']).replace(chr(39), chr(39) * 2)}'"
    trace = f"trace_id = unhex('{one['id']}')"
    bounds = "start BETWEEN (SELECT min(start) FROM traces WHERE {0}) AND (SELECT max(until) FROM traces WHERE {0})"
    return {
        "trace by id, all columns": f"SELECT * FROM spans WHERE {trace}",
        "the same, time from traces": f"SELECT * FROM spans WHERE {trace} AND {bounds.format(trace)}",
        "attribute, 24 h": f"SELECT count() FROM spans WHERE {day} AND attributes['net.peer.port'] = '5432'",
        "slowest 50 of an operation": f"SELECT trace_id, duration_ns FROM spans WHERE {day} AND {mine} "
        "ORDER BY duration_ns DESC LIMIT 50",
        "newest 50 of a service": f"SELECT trace_id, start FROM spans WHERE {day} AND service = '{top['service']}' "
        "ORDER BY start DESC LIMIT 50",
        "newest 50 errors": f"SELECT trace_id, start FROM spans WHERE {day} AND status_code = 2 "
        "ORDER BY start DESC LIMIT 50",
        "heat map of a service": f"SELECT toStartOfMinute(start) AS t, floor(log2(duration_ns + 1)) AS d, count() "
        f"FROM spans WHERE {day} AND service = '{top['service']}' GROUP BY t, d",
        "operations 24 h from raw": f"SELECT service, operation, count(), quantileDD(0.01, 0.95)(duration_ns) "
        f"FROM spans WHERE {day} GROUP BY 1, 2",
    }


def ask(engine: Engine, sql: str) -> tuple[float, float, float]:
    """Milliseconds: the first time, the median of the others, CPU of one of them."""
    took, cpu = [], 0.0
    for number in range(8):
        began, worked = time.perf_counter(), time.process_time()
        engine.query(sql, timeout_s=120)
        took.append((time.perf_counter() - began) * 1e3)
        cpu += (time.process_time() - worked) * 1e3 if number else 0.0
    return took[0], statistics.median(took[1:]), cpu / 7


def main() -> None:
    """Prints a table per sorting key."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--spans", type=int, default=10_000_000)
    given = parser.parse_args()
    table = recorded(given.corpora)
    print(f"{table.num_rows:,} recorded spans")
    with tempfile.TemporaryDirectory(prefix="echoline-keys-") as folder:
        engine = Engine(Path(folder), StoreConfig(max_memory_bytes=2 << 30))
        for name, key in KEYS.items():
            sort_by(engine, key)
            fill(engine, name, table, given.spans)
            asked = questions(engine)
            for question, sql in asked.items():
                print(f"  {question:<32} " + "".join(f"{each:10.1f}" for each in ask(engine, sql)), flush=True)
        engine.close()


if __name__ == "__main__":
    sys.exit(main())
