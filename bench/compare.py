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
from traffic import START_NS, Calls, Release, send

HOUR_S = 3600
ENDPOINTS, QUERIES = 40, 160
BEFORE_H, AFTER_H = 20, 4


def main() -> None:
    """A day of one service: twenty hours of one release, four of the next, two hundred operations."""
    parser = argparse.ArgumentParser(description="time a comparison")
    parser.add_argument("--spans", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    per_minute = given.spans / (ENDPOINTS + QUERIES) / ((BEFORE_H + AFTER_H) * 60)
    calls = [Calls(f"GET /page/{n}", per_minute, 10 + n) for n in range(ENDPOINTS)]
    calls += [Calls(f"SELECT a FROM t{n}", per_minute, 1 + n / 10, kind=3) for n in range(QUERIES)]
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder), StoreConfig())
        for at in range(BEFORE_H + AFTER_H):
            version = "1" if at < BEFORE_H else "2"
            send(engine, Release(version, at * HOUR_S, (at + 1) * HOUR_S, revision=f"{version}abcdef", seed=at), *calls)
        stored = engine.rows("SELECT count() AS spans FROM spans")[0]["spans"]
        print(f"{stored:,} spans, {ENDPOINTS + QUERIES} operations")
        for _ in range(given.rounds):
            began_s, cpu_s = time.perf_counter(), time.process_time()
            found = once(engine)
            took = f"{time.perf_counter() - began_s:.2f} s, {time.process_time() - cpu_s:.2f} s of CPU"
            print(f"{took}: {found} worse")
        engine.close()


def once(engine: Engine) -> int:
    """One comparison with all that it takes, as the API does it."""
    window = Window(START_NS - 29 * 24 * HOUR_S * 10**9, START_NS + 24 * HOUR_S * 10**9)
    names = Names(seen(engine, window), deployments(engine, window), window, window.until_ns)
    return comparison(engine, names.side("1abcdef"), names.side("2abc"), None).worse


if __name__ == "__main__":
    main()
