"""How fast spans come in, what they cost and how soon they can be asked for, beside other servers in the same run.

    make bench-ingest [PEERS=none] [REQUESTS=2000]

The same gzipped OTLP/HTTP requests of 512 spans of about 1 KB go to Echoline and to each peer. The machine's cores
are shared with the sender, so CPU per span and ratios are what to read; spans/s say what one small machine does.
"""

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bodies
import peers
import process_tree

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sent:
    """What the sender saw."""

    acknowledged: int
    refused: dict[str, int]
    seconds: float
    ack_p50_ms: float
    ack_p99_ms: float


@dataclass(frozen=True)
class Measured:
    """One server under load."""

    name: str
    spans: int
    sent: Sent
    queryable_s: float
    cpu_us_per_span: float
    idle_mb: float
    peak_mb: float

    @property
    def spans_per_cpu_second(self) -> float:
        return 1e6 / self.cpu_us_per_span if self.cpu_us_per_span else float("nan")

    def row(self) -> str:
        """One line of the table in docs/performance.md."""
        return (
            f"| {self.name} | {self.spans:,} | {self.sent.acknowledged * bodies.SPANS / self.sent.seconds:,.0f}"
            f" | {self.spans / self.queryable_s:,.0f} | {self.cpu_us_per_span:,.1f} | {self.spans_per_cpu_second:,.0f}"
            f" | {self.sent.ack_p50_ms:.1f} / {self.sent.ack_p99_ms:.1f} | {self.idle_mb:,.0f} → {self.peak_mb:,.0f} |"
        )


HEADER = (
    "| server | spans | acknowledged spans/s | spans/s until queryable | CPU µs a span | spans per CPU-second"
    " | ack p50 / p99 ms | PSS idle → peak MB |\n|---|---|---|---|---|---|---|---|"
)


@contextmanager
def prepared(url: str, requests: int, *options: str) -> Iterator[Callable[[], Sent]]:
    """A sender process with its requests made; calling what it gives sends them all."""
    command = [sys.executable, str(HERE / "sender.py"), url, str(requests), *options]
    sender = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert sender.stdin is not None
    assert sender.stdout is not None
    assert sender.stdout.readline() == "ready\n"
    stdin, stdout = sender.stdin, sender.stdout

    def send() -> Sent:
        stdin.write("go\n")
        stdin.flush()
        return Sent(**json.loads(stdout.readline()))

    try:
        yield send
    finally:
        sender.kill()
        sender.wait()


def measure(name: str, pid: int, requests: int, send: Callable[[], Sent], stored: Callable[[], int] | None) -> Measured:
    """Sends, waits until all that was acknowledged can be asked for, and reads the bill."""
    idle, before, began = process_tree.pss_bytes(pid), process_tree.cpu_seconds(pid), time.perf_counter()
    already = stored() if stored else 0
    with process_tree.PeakMemory(pid) as memory:
        sent = send()
        spans = sent.acknowledged * bodies.SPANS
        while stored and stored() - already < spans:
            time.sleep(0.1)
        queryable_s = time.perf_counter() - began
        time.sleep(3)  # merges of the last parts belong to the bill
    spent = sum(process_tree.spent_between(before, process_tree.cpu_seconds(pid)).values())
    if sent.refused:
        print(f"{name} refused {sent.refused} of {requests} requests", file=sys.stderr)
    return Measured(name, spans, sent, queryable_s, spent / spans * 1e6, idle / 1e6, memory.peak_bytes / 1e6)


@dataclass(frozen=True)
class Echoline:
    """A running Echoline: its process id and addresses."""

    pid: int
    processes: dict[str, int]
    http: str
    api: str
    ready_s: float

    def get(self, path: str) -> dict[str, object]:
        """JSON of the public API."""
        with urllib.request.urlopen(f"{self.api}/api/v1/{path}", timeout=30) as answer:
            found: dict[str, object] = json.load(answer)
            return found

    def stored(self) -> int:
        """Spans that a query can see."""
        stored = self.get("health")["stored"]
        assert isinstance(stored, dict)
        return int(stored["spans"])


@contextmanager
def echoline(work: Path, *settings: str) -> Iterator[Echoline]:
    """Echoline as a user starts it, on free ports, in a directory of its own."""
    ready, began = work / "ready.json", time.perf_counter()
    ports = ("--grpc-port", "0", "--http-port", "0", "--api-port", "0")
    command = [str(Path(sys.executable).with_name("echoline")), "up", "--data-dir", str(work / "data"), *ports]
    process = subprocess.Popen([*command, "--ready-file", str(ready), *settings], stdout=subprocess.DEVNULL)
    try:
        while not ready.exists():
            assert process.poll() is None, "echoline up ended"
            time.sleep(0.01)
        took = time.perf_counter() - began
        told = json.loads(ready.read_text())
        listeners = told["listeners"]
        yield Echoline(process.pid, told["processes"], listeners["http"], listeners["api"], took)
    finally:
        process.terminate()
        process.wait(30)


def of_echoline(work: Path, requests: int) -> Measured:
    """Echoline at full speed, with its stages."""
    with echoline(work) as server, prepared(f"{server.http}/v1/traces", requests) as send:
        time.sleep(2)
        print(f"start to ready: {server.ready_s:.1f} s", file=sys.stderr)
        before = process_tree.cpu_seconds(server.pid)
        measured = measure("Echoline", server.pid, requests, send, server.stored)
        spent = process_tree.spent_between(before, process_tree.cpu_seconds(server.pid))
        print_processes(server, spent, measured.spans)
        return measured


def print_processes(server: Echoline, spent: dict[int, float], spans: int) -> None:
    """CPU per span of each process."""
    names = {pid: name for name, pid in server.processes.items()}
    print("| process | CPU µs a span |\n|---|---|")
    for pid, seconds in spent.items():
        print(f"| {names.get(pid, pid)} | {seconds / spans * 1e6:.2f} |")
    print(flush=True)


def lag_ms(server: Echoline, seconds: float) -> list[float]:
    """How long after its acknowledgement a single span can be asked for, tried four times a second."""
    lags, until, number = [], time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        number += 1
        trace_id = f"{time.time_ns():032x}"
        span = {
            "traceId": trace_id,
            "spanId": f"{number:016x}",
            "name": "probe",
            "startTimeUnixNano": str(time.time_ns()),
            "endTimeUnixNano": str(time.time_ns()),
        }
        body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()
        request = urllib.request.Request(f"{server.http}/v1/traces", body, {"content-type": "application/json"})
        urllib.request.urlopen(request, timeout=30).close()
        acknowledged = time.perf_counter()
        while not _has(server, trace_id):
            time.sleep(0.05)
        lags.append((time.perf_counter() - acknowledged) * 1e3)
        time.sleep(0.25)
    return lags


def _has(server: Echoline, trace_id: str) -> bool:
    try:
        server.get(f"traces/{trace_id}")
    except urllib.error.HTTPError:
        return False
    return True


def paced(work: Path, spans_per_s: float, seconds: float) -> str:
    """Ack and lag at a steady load below what the machine can do."""
    requests = int(spans_per_s * seconds / bodies.SPANS)
    with echoline(work) as server:
        command = [sys.executable, str(HERE / "sender.py"), f"{server.http}/v1/traces", str(requests)]
        sender = subprocess.Popen(
            [*command, "--rate", str(spans_per_s)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert sender.stdout is not None
        sender.stdout.readline()
        began = process_tree.cpu_seconds(server.pid)
        assert sender.stdin is not None
        sender.stdin.write("go\n")
        sender.stdin.flush()
        lags = sorted(lag_ms(server, seconds - 1))
        sent = Sent(**json.loads(sender.stdout.readline()))
        sender.wait()
        spent = sum(process_tree.spent_between(began, process_tree.cpu_seconds(server.pid)).values())
    p99 = lags[min(len(lags) - 1, int(len(lags) * 0.99))]
    return (
        f"at {spans_per_s:,.0f} spans/s for {seconds:.0f} s:"
        f" ack p50 {sent.ack_p50_ms:.1f}, p99 {sent.ack_p99_ms:.1f} ms;"
        f" lag p50 {lags[len(lags) // 2]:.0f}, p99 {p99:.0f} ms ({len(lags)} probes);"
        f" {spent / (requests * bodies.SPANS) * 1e6:.1f} µs CPU a span"
    )


def of_peer(peer: peers.Peer, work: Path, requests: int) -> Measured:
    """A peer with as many requests as it can take in reasonable time."""
    options = [option for name, value in peer.headers.items() for option in ("--header", f"{name}={value}")]
    with peers.running(peer, work) as (process, url), prepared(url, requests, *options) as send:
        time.sleep(2)
        counted = None
        if peer.stored:
            file, statement = peer.stored

            def counted() -> int:
                with sqlite3.connect(f"file:{work / file}?mode=ro", uri=True, timeout=30) as database:
                    return int(database.execute(statement).fetchone()[0])

        return measure(peer.name, process.pid, requests, send, counted)


def main() -> None:
    """Runs all, prints Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--peer-requests", type=int, default=10, help="10 are 5,120 spans: enough for the slow ones")
    parser.add_argument("--peers", default="all", help="all, none, or names")
    parser.add_argument("--rate", type=float, default=30_000, help="spans/s of the steady load")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [of_echoline(Path(folder) / "echoline", given.requests)]
        print(paced(Path(folder) / "paced", given.rate, 30), flush=True)
        for peer in peers.PEERS if given.peers != "none" else ():
            if given.peers == "all" or peer.name.split(" ")[0] in given.peers.split(","):
                requests = given.requests if peer.stored is None else given.peer_requests
                rows.append(of_peer(peer, Path(folder) / peer.name.split(" ")[0], requests))
    print("\n" + HEADER)
    for row in rows:
        print(row.row())
    stored = [row for row in rows[1:] if "stores nothing" not in row.name]
    if stored:
        best = max(stored, key=lambda row: row.spans_per_cpu_second)
        ratio = rows[0].spans_per_cpu_second / best.spans_per_cpu_second
        print(f"\nEcholine does {ratio:.0f}x the spans per CPU-second of the best peer that stores them ({best.name}).")


if __name__ == "__main__":
    main()
