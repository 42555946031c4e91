"""The engine is killed at random instants while it settles, also traces that go on: facts and rollups tell of all."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builders import request, span, trace
from echoline.app import children
from echoline.config import Settings, SettleConfig, StoreConfig
from echoline.journal.writer import Writer
from echoline.stores.client import Client
from exactly_once import assert_facts_tell_all

# Small batches that are settled at once, so that kills meet many edges of rounds.
SETTINGS = {"store": StoreConfig(batch_seconds=0.05, batch_bytes=300_000), "settle": SettleConfig(quiet_seconds=0.01)}


@contextmanager
def sending(writer: Writer, chance: random.Random) -> Iterator[list[int]]:
    """Sends spans of traces of which some go on for long; how many spans each request had."""
    stop, sent = threading.Event(), list[int]()

    def send() -> None:
        number = 1
        while not stop.is_set():
            now_ns, count = time.time_ns(), chance.randint(1, 60)
            spans = []
            for _ in range(count):
                number += 1
                mine = chance.choice((number // 40, number // 40, chance.randint(0, 30)))
                at_ns = now_ns - chance.choice((0, 0, 0, 120, 7200)) * 10**9
                parent = chance.randint(max(1, number - 40), number).to_bytes(8, "big")
                spans.append(
                    span(
                        f"op {number % 5}",
                        start_ns=at_ns,
                        ms=chance.randint(1, 50),
                        trace_id=(mine + 1).to_bytes(16, "big"),
                        span_id=number.to_bytes(8, "big"),
                        parent=parent if number % 7 else b"",
                        attributes={"code.function.name": f"shop.f{number % 4}", "code.file.path": "/app/shop.py"},
                    )
                )
            writer.append(request(trace(*spans))).result(10)
            sent.append(count)
            time.sleep(chance.uniform(0, 0.05))

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield sent
    finally:
        stop.set()
        sender.join()


def kill_while_settling(data_dir: Path, seed: int, kills: int) -> None:
    settings, chance = Settings(data_dir=data_dir, **SETTINGS), random.Random(seed)  # type: ignore[arg-type]
    writer = Writer(data_dir / "journal", settings.receive)
    with sending(writer, random.Random(seed)) as sent:
        for _ in range(kills):
            child = children.spawn("engine", settings)
            time.sleep(chance.uniform(0.1, 2.0))
            child.kill()
    child = children.spawn("engine", settings)
    client = Client(Path(str(child.ready["engine"])))
    client.operate("settle")
    (row,) = client.query("SELECT count() AS n FROM spans").to_pylist()
    assert row["n"] == sum(sent)
    assert_facts_tell_all(client)
    client.close()
    child.stop()
    writer.close()


@pytest.mark.exclusive
def test_facts_and_rollups_are_whole_after_kills(tmp_path: Path) -> None:
    kill_while_settling(tmp_path, seed=1, kills=3)


@pytest.mark.long
@pytest.mark.exclusive
@pytest.mark.parametrize("seed", range(2, 6))
def test_facts_and_rollups_are_whole_after_many_kills(tmp_path: Path, seed: int) -> None:
    kill_while_settling(tmp_path, seed, kills=12)
