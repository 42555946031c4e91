"""The engine is killed at random instants under load, also while it answers: all is there exactly once."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from builders import gauge, log, logs, metrics, point, request, span, trace
from echoline.app import children
from echoline.config import Settings, StoreConfig
from echoline.errors import EcholineError
from echoline.journal.writer import Writer
from echoline.model.records import Request, Signal
from echoline.stores.client import Client

DAY_NS = 86_400 * 10**9
# Small batches, so that kills meet many of their edges.
STORE = StoreConfig(batch_seconds=0.05, batch_bytes=300_000)
SLOW = "SELECT count(), max(sipHash64(a.span_id, b.number)) FROM spans AS a, numbers(2000) AS b"


@dataclass
class Sent:
    """What has been acknowledged."""

    spans: int = 0
    logs: int = 0
    points: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def make(chance: random.Random, number: int) -> tuple[Request, tuple[int, int, int]]:
    """A request that nobody else sends; its items lie on up to three days and belong to some traces and operations."""
    count, at = chance.randint(1, 150), time.time_ns()
    times = [at - chance.choice((0, 0, 0, 1, 2)) * DAY_NS - i for i in range(count)]
    signal: Signal = chance.choice(("traces", "traces", "logs", "metrics"))
    if signal == "traces":
        ids = [(number * 100 + i // 10).to_bytes(16, "big") for i in range(count)]
        made = (
            span(f"op {i % 7}", start_ns=at, trace_id=ids[i], span_id=(i + 1).to_bytes(8, "big"))
            for i, at in enumerate(times)
        )
        return request(trace(*made), signal=signal), (count, 0, 0)
    if signal == "logs":
        body = logs(*(log(f"{number} {i}", time_ns=when) for i, when in enumerate(times)))
        return request(body, signal=signal), (0, count, 0)
    body = metrics(gauge("g", *(point(float(i), {"n": number % 5}, time_ns=when) for i, when in enumerate(times))))
    return request(body, signal=signal), (0, 0, count)


@contextmanager
def sending(writer: Writer, seed: int, sent: Sent) -> Iterator[None]:
    """One thread that journals requests as fast as they are acknowledged, for the length of the block."""
    stop, chance = threading.Event(), random.Random(seed)

    def send() -> None:
        number = seed * 1_000_000
        while not stop.is_set():
            number += 1
            made, (spans, logs_, points) = make(chance, number)
            writer.append(made).result(10)
            sent.spans, sent.logs, sent.points = sent.spans + spans, sent.logs + logs_, sent.points + points
            time.sleep(chance.uniform(0, 0.04))

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        stop.set()
        sender.join()


@contextmanager
def asking(data_dir: Path) -> Iterator[None]:
    """One thread that always has a slow query running, while there is an engine."""
    stop = threading.Event()

    def ask() -> None:
        client = Client(data_dir / "engine.sock")
        while not stop.is_set():
            with suppress(EcholineError):
                client.query(SLOW, timeout_s=2)
            time.sleep(0.01)
        client.close()

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        yield
    finally:
        stop.set()
        asker.join()


def kill_under_load(data_dir: Path, seed: int, kills: int) -> None:
    settings, sent, chance = Settings(data_dir=data_dir, store=STORE), Sent(), random.Random(seed)
    writer = Writer(data_dir / "journal", settings.receive)
    with sending(writer, seed, sent), asking(data_dir):
        for _ in range(kills):
            child = children.spawn("engine", settings)
            time.sleep(chance.uniform(0.0, 0.6))
            child.kill()
    child = children.spawn("engine", settings)
    client = Client(Path(str(child.ready["engine"])))
    client.operate("flush")
    assert_exactly_once(client, sent)
    client.close()
    child.stop()
    writer.close()


def assert_exactly_once(client: Client, sent: Sent) -> None:
    def ask(sql: str) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in client.query(sql).to_pylist()]

    assert ask("SELECT count(), uniqExact(trace_id, span_id) FROM spans") == [(sent.spans, sent.spans)]
    assert ask("SELECT count(), uniqExact(body) FROM logs") == [(sent.logs, sent.logs)]
    assert ask("SELECT count() FROM metric_points") == [(sent.points,)]
    raw = "SELECT operation, toStartOf{0}(start) AS t, count(), sum(duration_ns) FROM spans GROUP BY 1, 2 ORDER BY 1, 2"
    rolled = "SELECT operation, time, sum(calls), sum(duration_sum_ns) FROM operations_{0} GROUP BY 1, 2 ORDER BY 1, 2"
    assert ask(rolled.format("1m")) == ask(raw.format("Minute"))
    assert ask(rolled.format("1h")) == ask(raw.format("Hour"))
    assert ask("SELECT sum(spans), uniqExact(trace_id) FROM traces") == ask(
        "SELECT count(), uniqExact(trace_id) FROM spans"
    )
    for table in ("metrics_1m", "metrics_1h"):
        found = f"SELECT series_id, sum(points), sum(value_sum) FROM {table} GROUP BY 1 ORDER BY 1"
        assert ask(found) == ask("SELECT series_id, count(), sum(value) FROM metric_points GROUP BY 1 ORDER BY 1")


@pytest.mark.exclusive
def test_everything_acknowledged_is_there_once_after_kills(tmp_path: Path) -> None:
    kill_under_load(tmp_path, seed=1, kills=12)


@pytest.mark.long
@pytest.mark.exclusive
@pytest.mark.parametrize("seed", range(2, 8))
def test_everything_acknowledged_is_there_once_after_many_kills(tmp_path: Path, seed: int) -> None:
    kill_under_load(tmp_path, seed, kills=12)
