"""What settling costs, in CPU time a span by stage, beside decoding; and what questions about code objects cost.

    python bench/settle.py [--spans 400000] [--objects 10000] [--no-questions]

One process, no sockets. Spans are decoded, normalised and inserted as the load loop does, in batches of 100,000; then
they are settled by rounds, and rolled up. For the questions rollups are generated: code objects over 30 days.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

import bodies
from echoline.config import Settings
from echoline.decoding import decode
from echoline.model.arrivals import Arrival, PartialTrace
from echoline.model.records import Request
from echoline.model.window import Window
from echoline.pipeline.settle import Settle
from echoline.pipeline.settling.facts import Finder
from echoline.processors.normalise import Normalise
from echoline.queries.code_objects import CodeFilter, code_object, code_objects, facts_of_file
from echoline.stores.ages import Ages
from echoline.stores.engine import Engine
from echoline.stores.rows import rows
from echoline.stores.settling import Settling

SETTINGS = Settings()
BATCH = 100_000
DAY_NS = 86_400 * 10**9


class Costs(Counter[str]):
    """CPU microseconds of this process by stage, all threads together."""

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self[stage] += int((time.process_time() - began) * 1e6)


class Measured:
    """A store that tells what each of its methods costs."""

    def __init__(self, store: Settling, costs: Costs) -> None:
        self._store, self._costs = store, costs
        self.languages, self.confirm = store.languages, store.confirm

    def arrivals(self, after_ns: int, until_ns: int) -> list[Arrival]:
        with self._costs.of("read"):
            return self._store.arrivals(after_ns, until_ns)

    def arrived(self, after_ns: int, until_ns: int) -> pa.Table:
        with self._costs.of("read"):
            return self._store.arrived(after_ns, until_ns)

    def partial(self, after_ns: int, until_ns: int) -> list[PartialTrace]:
        with self._costs.of("look for the rest of traces"):
            return self._store.partial(after_ns, until_ns)

    def whole(self, traces: Sequence[PartialTrace], until_ns: int) -> pa.Table:
        with self._costs.of("read the rest of traces"):
            return self._store.whole(traces, until_ns)

    def insert(self, table: str, rows: pa.Table) -> None:
        with self._costs.of("insert and merge"):
            self._store.insert(table, rows)

    def roll_up_minutes(self, minutes: Sequence[int], built: int) -> None:
        with self._costs.of("roll up"):
            self._store.roll_up_minutes(minutes, built)

    def roll_up_hours(self, hours: Sequence[int], built: int) -> None:
        with self._costs.of("roll up"):
            self._store.roll_up_hours(hours, built)


def fill(engine: Engine, spans: int, costs: Costs) -> int:
    """Puts spans into the store; when the last ones arrived."""
    chance, templates, normalise = random.Random(1), [bodies.template(number) for number in range(8)], Normalise()
    arrived_ns = 0
    for number in range(max(1, spans // BATCH)):
        now_ns = time.time_ns()
        batch = [
            Request("traces", "protobuf", "identity", templates[n % 8].at(now_ns, chance), now_ns)
            for n in range(BATCH // bodies.SPANS)
        ]
        with costs.of("decode (to compare)"):
            decoded = decode("traces", batch, SETTINGS.limits, now_ns).batch
        arrived_ns = time.time_ns()
        made = rows(normalise.process(decoded), Ages(SETTINGS.retention, 86_400, now_ns)).tables
        for name, table in made.items():
            arrived = pa.repeat(pa.scalar(arrived_ns).cast(pa.timestamp("ns")), table.num_rows)
            engine.insert(
                name, table.append_column("arrived", arrived) if name == "spans" else table, f"{number} {name}"
            )
    return arrived_ns


def settling(engine: Engine, folder: Path, spans: int) -> None:
    """Prints microseconds of CPU a span."""
    costs = Costs()
    arrived_ns = fill(engine, spans, costs)
    find = Finder.facts

    def measured(self: Finder, found: pa.Table, settled: int) -> Any:
        with costs.of("compute"):
            return find(self, found, settled)

    Finder.facts = measured  # type: ignore[method-assign]
    store = Measured(Settling(engine, lambda: None), costs)
    Settle(folder, store, lambda bound_ns: min(bound_ns, arrived_ns), SETTINGS.settle, SETTINGS.retention).flush()
    (found,) = engine.rows("SELECT count() AS n, uniq(trace_id) AS t, uniq(flow) AS f FROM span_facts")
    count = int(str(found["n"]))
    print(f"{count:,} spans with facts, {found['t']} traces, {found['f']} flows")
    for stage, cost in costs.items():
        print(f"  {stage:<28} {cost / count:6.2f} µs a span")
    total = sum(cost for stage, cost in costs.items() if not stage.startswith("decode"))
    relative = total / costs["decode (to compare)"]
    print(f"  {'settling in all':<28} {total / count:6.2f} µs a span, {relative:.2f} × decoding")


_KEY = "concat('python:shop.m', toString(intDiv(o.number, 20)), ':f', toString(o.number))"
# Sketches of a few calls, made once; a sketch in memory is some 6 KB, so few rows go into a block.
_HOURS = f"""
    INSERT INTO code_objects_1h (time, service, environment, version, revision, code_object, calls, errors,
        duration_sum_ns, self_sum_ns, critical_sum_ns, durations, selves, built)
    SELECT toDateTime(intDiv({{now:Int64}}, 3600000000000) * 3600 - h.number * 3600, 'UTC') AS time, 'shop', 'prod',
        concat('1.', toString(intDiv(h.number, 240))), concat('r', toString(intDiv(h.number, 240))), {_KEY}, 4, 0,
        8000000, 4000000 + o.number, 2000000, s.sketch, s.sketch, 1
    FROM numbers({{first:UInt64}}, {{count:UInt64}}) AS o, numbers(720) AS h,
        (SELECT quantilesDDState(0.01, 0.5, 0.95, 0.99)(toInt64(5e5 + number * 9e5)) AS sketch FROM numbers(4)) AS s
    SETTINGS max_threads = 1, max_insert_threads = 1, max_block_size = 2000, min_insert_block_size_rows = 10000
"""
_OBJECTS = f"""
    INSERT INTO code_objects (code_object, language, file, line, service, environment, day)
    SELECT {_KEY}, 'python', concat('/app/shop/m', toString(intDiv(o.number, 20)), '.py'), o.number % 20 * 10 + 1,
        'shop', 'prod', toDate(fromUnixTimestamp64Nano({{now:Int64}})) FROM numbers({{objects:UInt64}}) AS o
"""


def generate(engine: Engine, objects: int, now_ns: int) -> None:
    """Hourly rollups of 30 days, in each of which one of three revisions runs, and code objects of 20 to a file."""
    for first in range(0, objects, 500):
        engine.execute(_HOURS, {"now": now_ns, "first": first, "count": min(500, objects - first)})
    engine.execute(_OBJECTS, {"now": now_ns, "objects": objects})


def questions(engine: Engine, objects: int) -> None:
    """Prints wall times of warm questions."""
    now_ns = time.time_ns()
    generate(engine, objects, now_ns)
    engine.execute("OPTIMIZE TABLE code_objects_1h")
    while engine.rows("SELECT 1 AS n FROM system.merges"):
        time.sleep(1.0)
    (found,) = engine.rows("SELECT count() AS n FROM code_objects_1h")
    print(f"{found['n']:,} rows of hourly rollups")
    month, day = Window(now_ns - 30 * DAY_NS, now_ns), Window(now_ns - DAY_NS, now_ns)
    asked = {
        "facts of one file, 24 h": lambda: facts_of_file(engine, day, CodeFilter(path="shop/m7.py")),
        "facts of one file, 30 days": lambda: facts_of_file(engine, month, CodeFilter(path="shop/m7.py")),
        "one code object, 30 days": lambda: code_object(engine, month, "python:shop.m7:f141"),
        "list of 30, 24 h": lambda: code_objects(engine, day, CodeFilter(), limit=30),
        "list of 30, 30 days": lambda: code_objects(engine, month, CodeFilter(), limit=30),
    }
    for name, ask in asked.items():
        took = []
        for _ in range(5):
            began, cpu = time.perf_counter(), time.process_time()
            ask()
            took.append((1e3 * (time.perf_counter() - began), 1e3 * (time.process_time() - cpu)))
        wall, cpu = (statistics.median(each) for each in zip(*took[1:], strict=True))
        print(f"  {name:<28} {wall:7.1f} ms, {cpu:7.1f} ms of CPU")


def main() -> None:
    """Runs both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=400_000)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--no-questions", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        engine = Engine(Path(name), SETTINGS.store)
        settling(engine, Path(name), options.spans)
        if not options.no_questions:
            questions(engine, options.objects)
        engine.close()


if __name__ == "__main__":
    main()
