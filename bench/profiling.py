"""What the CPU sampler and the census cost a small web application, beside the bare OpenTelemetry SDK.

    .venv/bin/python bench/profiling.py [--python PYTHON] [--rounds 100]

Two gunicorns with one worker each serve the same Flask shop (a template, four queries of SQLite, OpenTelemetry's own
instrumentations, spans sent over OTLP): one as it is, one with profiling attached. They get requests in turn, round by
round, so that both meet the same noise. CPU is that of all threads of the worker, as the kernel counts it. The order
within a round changes, and the ratio is that of each round's pair, so that a slow stretch of the machine cancels out.
On a busy machine the pairs still differ by many times what is looked for; the agent's own account of its CPU does not.
It leaves out what the kernel and the interpreter need to deliver a signal, some microseconds each.

Another Python than this one borrows this one's packages.
"""

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "packages" / "echoline-agent" / "src"
REQUESTS = 50
"""Of one application in one round."""
IDLE_S = 20.0

SHOP = """
import os
import sqlite3

if os.environ.get("WITH") == "profiling":
    from echoline_agent import profiling
    from echoline_agent.settings import AgentSettings
    profiling.begin(AgentSettings())

from flask import Flask, render_template_string
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
SQLite3Instrumentor().instrument()
if os.environ.get("WITH") == "profiling":
    profiling.attach(provider, AgentSettings())

app = Flask(__name__)
FlaskInstrumentor().instrument_app(app)

@app.get("/cost")
def cost():
    from echoline_agent.budget import BUDGET
    return str(BUDGET.part("profiling").total_s)

PAGE = "<ul>{% for row in rows %}<li>{{ row[0] }} costs {{ '%.2f' % row[1] }}</li>{% endfor %}</ul>"

@app.get("/")
def shop():
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE items (name TEXT, price REAL)")
        database.executemany("INSERT INTO items VALUES (?, ?)", [(f"item {n}", n / 7) for n in range(200)])
        rows = database.execute("SELECT name, price FROM items WHERE price > 1 ORDER BY name").fetchall()
        total = database.execute("SELECT sum(price) FROM items").fetchone()[0]
    return render_template_string(PAGE, rows=rows) + str(total)
"""


@dataclass(frozen=True)
class Shop:
    """A gunicorn that runs; `worker` is the process that serves."""

    port: int
    worker: int

    def cpu_s(self) -> float:
        tasks = Path(f"/proc/{self.worker}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def ask(self, requests: int) -> None:
        for _ in range(requests):
            self.answer("/")

    def answer(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", path)
        said = connection.getresponse().read().decode()
        connection.close()
        return said


@contextmanager
def sink() -> Iterator[str]:
    """Takes all OTLP and forgets it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def shop(python: str, folder: Path, endpoint: str, parts: str) -> Iterator[Shop]:
    """A gunicorn with one worker, with profiling attached if `parts` says so."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    paths = [str(SOURCE), str(folder), sysconfig.get_path("purelib")]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
    command = [python, "-m", "gunicorn", "--workers", "1", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    process = subprocess.Popen([*command, "shop:app"], cwd=folder, env={**environ, "WITH": parts})
    try:
        yield Shop(port, worker_of(process.pid, port))
    finally:
        process.terminate()
        process.wait(20)


def worker_of(master: int, port: int) -> int:
    """The process id of the one worker, once it answers."""
    for _ in range(600):
        time.sleep(0.1)
        try:
            Shop(port, 0).ask(1)
        except OSError:
            continue
        return int(Path(f"/proc/{master}/task/{master}/children").read_text().split()[0])
    raise SystemExit("the shop does not answer")


def rounds(shops: Sequence[Shop], count: int) -> list[list[float]]:
    """CPU milliseconds a request, of each shop in each round."""
    spent: list[list[float]] = [[] for _ in shops]
    for number in range(count):
        for at in sorted(range(len(shops)), reverse=number % 2 == 1):
            before_s = shops[at].cpu_s()
            shops[at].ask(REQUESTS)
            spent[at].append((shops[at].cpu_s() - before_s) * 1e3 / REQUESTS)
    return spent


def idle_share(shops: Sequence[Shop]) -> list[float]:
    """CPU of each shop in seconds a second, while nobody asks."""
    before_s = [each.cpu_s() for each in shops]
    time.sleep(IDLE_S)
    return [(each.cpu_s() - before) / IDLE_S for each, before in zip(shops, before_s, strict=True)]


def main() -> None:
    """Runs both shops and prints what they cost."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--python", default=sys.executable)
    arguments.add_argument("--rounds", type=int, default=100)
    given = arguments.parse_args()
    version = subprocess.run([given.python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "shop.py").write_text(SHOP)
        endpoint = stack.enter_context(sink())
        shops = [stack.enter_context(shop(given.python, folder, endpoint, parts)) for parts in ("", "profiling")]
        started_s = [each.cpu_s() for each in shops]
        rounds(shops, 3)
        before = [float(shops[1].answer("/cost")), shops[1].cpu_s()]
        bare, ours = rounds(shops, given.rounds)
        time.sleep(2)
        accounted = (float(shops[1].answer("/cost")) - before[0]) / (shops[1].cpu_s() - before[1])
        idle = idle_share(shops)
    ratios = sorted(after / before - 1 for before, after in zip(bare, ours, strict=True))
    low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
    print(f"{version}, {given.rounds} rounds of {REQUESTS} requests, load {os.getloadavg()[0]:.1f}")
    print(f"  bare SDK        {statistics.median(bare):7.3f} ms CPU a request")
    print(f"  with profiling  {statistics.median(ours):7.3f} ms CPU a request")
    print(f"  more in a round {statistics.median(ratios):7.2%} (half of the rounds between {low:.2%} and {high:.2%})")
    print(f"  of all CPU      {sum(ours) / sum(bare) - 1:7.2%}")
    print(f"  own account     {accounted:7.2%} of the worker's CPU: taking samples, encoding and sending them")
    print(f"  idle            {idle[0]:7.2%} and {idle[1]:.2%} of a core")
    print(f"  start           {started_s[0]:7.2f} and {started_s[1]:.2f} s CPU")


if __name__ == "__main__":
    main()
