"""The engine is killed at random instants under load, also while it answers: all is there exactly once."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from builders import request
from echoline.app import children
from echoline.config import Settings, StoreConfig
from echoline.errors import EcholineError
from echoline.journal.writer import Writer
from echoline.stores.client import Client
from exactly_once import Sent, assert_exactly_once, unlike_others

# Small batches, so that kills meet many of their edges.
STORE = StoreConfig(batch_seconds=0.05, batch_bytes=300_000)
SLOW = "SELECT count(), max(sipHash64(a.span_id, b.number)) FROM spans AS a, numbers(2000) AS b"


@contextmanager
def sending(writer: Writer, seed: int, sent: Sent) -> Iterator[None]:
    """One thread that journals requests as fast as they are acknowledged, for the length of the block."""
    stop, chance = threading.Event(), random.Random(seed)

    def send() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            signal, body, items = unlike_others(chance, number)
            writer.append(request(body, signal=signal)).result(10)
            sent.add(signal, items)
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


@pytest.mark.exclusive
def test_everything_acknowledged_is_there_once_after_kills(tmp_path: Path) -> None:
    kill_under_load(tmp_path, seed=1, kills=12)


@pytest.mark.long
@pytest.mark.exclusive
@pytest.mark.parametrize("seed", range(2, 8))
def test_everything_acknowledged_is_there_once_after_many_kills(tmp_path: Path, seed: int) -> None:
    kill_under_load(tmp_path, seed, kills=12)
