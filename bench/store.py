"""What a span costs on its way into the store, in CPU time by stage, and what it weighs there.

    python bench/store.py [--spans 500000] [--rows 24000 122000]

One process, no sockets: requests are made beforehand, then decoded, normalised, redacted, turned into rows, inserted,
and merged until the engine rests. Merges run meanwhile, as they do in life, and count as inserting.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

import bodies
from echoline.config import RedactionConfig, Settings
from echoline.decoding import decode
from echoline.model.records import Request
from echoline.processors.normalise import Normalise
from echoline.processors.redact import Redact
from echoline.stores.ages import Ages
from echoline.stores.engine import Engine
from echoline.stores.rows import rows

SETTINGS = Settings()


class Costs(Counter[str]):
    """CPU microseconds of this process by stage, all threads together."""

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self[stage] += int((time.process_time() - began) * 1e6)


def requests(spans: int, seed: int) -> list[Request]:
    """Requests of 512 spans of about 1 KB, none like another, from the last five seconds."""
    chance, templates = random.Random(seed), [bodies.template(number) for number in range(8)]
    now_ns = time.time_ns()
    made = [templates[n % 8].at(now_ns, chance) for n in range(max(1, spans // bodies.SPANS))]
    return [Request("traces", "protobuf", "identity", body, now_ns) for body in made]


def prepare(batch: Sequence[Request], normalise: Normalise, redact: Redact, costs: Costs) -> dict[str, pa.Table]:
    """Rows by table."""
    now_ns = time.time_ns()
    with costs.of("decode"):
        decoded = decode("traces", batch, SETTINGS.limits, now_ns).batch
    with costs.of("normalise"):
        normalised = normalise.process(decoded)
    with costs.of("redact"):
        redacted = redact.process(normalised)
    with costs.of("rows"):
        return dict(rows(redacted, Ages(SETTINGS.retention, 86_400, now_ns)).tables)


def rest(engine: Engine) -> None:
    """Waits until nothing is merged for a while."""
    quiet = 0
    while quiet < 3:
        time.sleep(1.0)
        quiet = 0 if engine.rows("SELECT 1 AS n FROM system.merges") else quiet + 1


def measure(engine: Engine, spans: int, batch_rows: int) -> None:
    """Prints what it costs with batches of this size."""
    costs, size = Costs(), max(1, batch_rows // bodies.SPANS)
    normalise, redact = Normalise(), Redact(RedactionConfig())
    made = 0
    for number in range(spans // (size * bodies.SPANS)):
        tables = prepare(requests(size * bodies.SPANS, number), normalise, redact, costs)
        made += tables["spans"].num_rows
        for name, table in tables.items():
            with costs.of("insert" if name == "spans" else "insert others"):
                engine.insert(name, table, f"{batch_rows}:{number}:{name}")
    with costs.of("merge"):
        rest(engine)
    told = "  ".join(f"{stage} {cost / made:.2f}" for stage, cost in costs.items())
    total = sum(costs.values()) / made
    print(f"{batch_rows:>7} rows a batch, {made:,} spans; µs of CPU a span: {told}  total {total:.2f}")
    sizes = engine.rows(
        "SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts "
        "WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC LIMIT 5"
    )
    print(
        "        bytes a span: " + "  ".join(f"{each['table']} {int(str(each['bytes'])) / made:.1f}" for each in sizes)
    )


def main() -> None:
    """Once for each size of batch."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=500_000)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 24_000, 122_000])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="echoline-bench-") as folder:
        engine = Engine(Path(folder), SETTINGS.store)
        for number in given.rows:
            other = engine.another(f"rows_{number}")
            measure(other, given.spans, number)
            engine.execute(f"DROP DATABASE {other.database} SYNC")
        engine.close()


if __name__ == "__main__":
    main()
