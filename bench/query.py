"""How long questions take with much stored, and how that grows: asked over the public API, as the page does.

    make bench-query [SPANS=10000000] [LOGS=3000000]

Spans and log records come in by the normal way, spread over 24 hours; the questions are asked at a tenth and at the
end. Each is asked once cold (first time after a start) and then eleven times; shown are the cold and the median time.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

import bodies
from ingest import Echoline, echoline, prepared

DAY_S = 86_400.0
ROUND = 2_000  # requests made and held in the sender's memory at once
AIMS_MS = {
    "one trace by id": 30,
    "operations of 24 h": 100,
    "spans by attribute, 24 h": 100,
    "log text, 24 h": 100,
}


def fill(server: Echoline, signal: str, items: int, seed: int) -> None:
    """Sends this many more, and waits until they can be asked for."""
    path = {"traces": "spans", "logs": "logs"}[signal]
    goal = stored(server, path) + items // bodies.SPANS * bodies.SPANS
    left = items // bodies.SPANS
    while left > 0:
        options = ("--signal", signal, "--spread-s", str(DAY_S * 0.99), "--seed", str(seed + left))
        with prepared(f"{server.http}/v1/{signal}", min(ROUND, left), *options) as send:
            sent = send()
            assert not sent.refused, sent
        left -= ROUND
        print(f"{signal}: {max(left, 0) * bodies.SPANS:,} to go", file=sys.stderr)
    while stored(server, path) < goal:
        time.sleep(0.5)


def stored(server: Echoline, name: str) -> int:
    """Rows present, as `health` counts them."""
    counts = server.get("health")["stored"]
    assert isinstance(counts, dict)
    return int(counts[name])


def questions(server: Echoline) -> dict[str, str]:
    """Name to path: each with values that are really there."""
    listed = server.get("traces?since=24h&limit=20")["items"]
    assert isinstance(listed, list)
    trace_id = listed[len(listed) // 2]["trace_id"]

    def with_(**given: str) -> str:
        return urllib.parse.urlencode({"since": "24h", **given})

    return {
        "one trace by id": f"traces/{trace_id}",
        "operations of 24 h": "operations?" + with_(limit="100"),
        "endpoints of 1 h": "endpoints?" + urllib.parse.urlencode({"since": "1h"}),
        "traces of a service, newest": "traces?" + with_(service="checkout"),
        "spans by attribute, 24 h": "traces?" + with_(attribute="app.tenant=tenant-23"),
        "heat map, 24 h": "heat-map?" + with_(service="gateway"),
        "log text, 24 h": "logs?" + with_(text="cart 123"),
        "log patterns, 24 h": "patterns?" + with_(),
        "errors, 24 h": "errors?" + with_(),
    }


def ask(server: Echoline, path: str, times: int = 11) -> tuple[float, float]:
    """Milliseconds of the first time, and the median of the others."""
    took = []
    for _ in range(times + 1):
        before = time.perf_counter()
        with urllib.request.urlopen(f"{server.api}/api/v1/{path}", timeout=120) as answer:
            answer.read()
        took.append((time.perf_counter() - before) * 1e3)
    return took[0], statistics.median(took[1:])


def disk_bytes(folder: Path) -> int:
    """What the store takes, merges done or not."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def main() -> None:
    """Fills, asks, fills, asks, prints Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=10_000_000)
    parser.add_argument("--logs", type=int, default=3_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, echoline(Path(folder)) as server:
        columns: list[dict[str, tuple[float, float]]] = []
        totals = []
        for number, share in enumerate((0.1, 0.9)):
            fill(server, "traces", int(given.spans * share), seed=1 + number * 1_000_003)
            fill(server, "logs", int(given.logs * share), seed=2 + number * 1_000_003)
            time.sleep(15)  # what a page meets: merges under way have settled
            columns.append({name: ask(server, path) for name, path in questions(server).items()})
            totals.append((stored(server, "spans"), stored(server, "logs")))
        sizes = "".join(f" | {spans / 1e6:.1f}M spans, {logs / 1e6:.1f}M logs" for spans, logs in totals)
        print(f"| question{sizes} (first / median ms) | aim |\n|---|---|---|---|")
        for name in columns[0]:
            cells = " | ".join(f"{first:.0f} / {median:.0f}" for first, median in (c[name] for c in columns))
            print(f"| {name} | {cells} | {AIMS_MS.get(name, '')} |")
        on_disk = disk_bytes(Path(folder) / "data" / "store")
        print(f"\nstore on disk: {on_disk / 1e9:.2f} GB, {on_disk / totals[-1][0]:.0f} bytes a span, logs included")
        print(json.dumps({"disk_bytes": on_disk, "spans": totals[-1][0], "logs": totals[-1][1]}), file=sys.stderr)


if __name__ == "__main__":
    main()
