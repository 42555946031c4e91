"""Processes are killed at any instant under load, also while they answer: what was acknowledged is there once."""

import fcntl
import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from echoline.errors import Unavailable
from echoline.journal.status import read_status
from echoline.model.answers import Health, Stored
from echoline.stores.client import Client
from echoline.stores.protocol import socket_path
from echoline.surfaces.cli.client import Server
from echoline_process import Started, echoline, settled, started
from exactly_once import Sent, assert_exactly_once
from route.loaded import asking, kill, load, process_of
from waiting import wait_until

# Small batches and segments, so that kills meet many of their edges; and nothing of our own among what is counted.
SETTINGS = (
    *("--set", "store.batch_seconds=0.1"),
    *("--set", "receive.segment_bytes=300000"),
    *("--set", "telemetry.own_metrics=false"),
)
PROCESSES = ("receive", "serve", "engine")


def kill_under_load(data_dir: Path, seed: int, kills: int) -> None:
    chance = random.Random(seed)
    with started("up", data_dir, *SETTINGS) as up:
        with load(up, seed) as sending, asking(up) as answered:
            for number in range(kills):
                time.sleep(chance.uniform(0.3, 1.5))
                kill(up, PROCESSES[(seed + number) % len(PROCESSES)])
            time.sleep(chance.uniform(0.3, 1.5))
            sent = sending.end()
            health = settled(up)
        assert answered[200]
        assert set(answered) <= {0, 200, 429, 503}
        assert_whole(up, sent, health)
        assert_at_home(up)
        assert_nothing_left(up)


def assert_whole(up: Started, sent: Sent, health: Health) -> None:
    """Each acknowledged item is there once, and Echoline says so itself."""
    client = Client(socket_path(data_dir_of(up)))
    assert_exactly_once(client, sent)
    client.close()
    assert health.stored == Stored(sent.traces, sent.logs, sent.metrics, sent.profiles)
    assert (health.status, health.problems, health.quarantined) == ("ok", (), 0)
    assert (health.rejected, health.cut) == ({}, {})


def assert_at_home(up: Started) -> None:
    """It listens where it did at first, and its doctor finds nothing wrong."""
    run = json.loads((data_dir_of(up) / "run.json").read_text())
    assert run["listeners"] == up.ready["listeners"]
    done = echoline("doctor", "--data-dir", data_dir_of(up), "--json")
    checks = json.loads(done.stdout)["checks"]
    assert [each for each in checks if each["state"] == "bad"] == []
    assert (done.returncode, done.stderr) == (0, "")


def assert_nothing_left(up: Started) -> None:
    """Asked to end, it leaves neither a process nor a lock: the next start finds all of it free."""
    processes = psutil.Process(up.process.pid).children(recursive=True)
    assert up.end() == 0
    assert not any(each.is_running() for each in processes)
    for lock in data_dir_of(up).rglob("*.lock"):
        descriptor = os.open(lock, os.O_RDWR)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(descriptor)


def data_dir_of(up: Started) -> Path:
    return Path(up.ready["data_dir"])


@pytest.mark.exclusive
def test_everything_acknowledged_is_there_once_after_kills(tmp_path: Path) -> None:
    kill_under_load(tmp_path / "data", seed=0, kills=5)


@pytest.mark.long
@pytest.mark.exclusive
@pytest.mark.parametrize("seed", range(1, 5))
def test_everything_acknowledged_is_there_once_after_many_kills(tmp_path: Path, seed: int) -> None:
    kill_under_load(tmp_path / "data", seed, kills=6)


@pytest.mark.exclusive
def test_receive_works_on_while_serve_is_down_and_serve_catches_up(tmp_path: Path) -> None:
    """Killed whenever it is back, then held down; no sender waits for it, and the receiving process stays the same."""
    with started("up", tmp_path / "data", *SETTINGS) as up, load(up, seed=99) as sending:
        for _ in range(2):
            kill(up, "serve")
        process_of(up, "engine")
        with supervision_suspended(up):
            kill(up, "serve")
            before = accepted(up)
            wait_until(lambda: accepted(up) > before + 50, 30)
            with pytest.raises(Unavailable):
                Server(up.url("api")).get("health", Health)
        assert_whole(up, sending.end(), settled(up))
        assert process_of(up, "receive").pid == up.pid("receive")
        assert Server(up.url("api")).get("health", Health).refused == {}


@contextmanager
def supervision_suspended(up: Started) -> Iterator[None]:
    """Nobody starts anything anew until the end of the block."""
    up.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        up.process.send_signal(signal.SIGCONT)


def accepted(up: Started) -> int:
    """Requests journalled since the start of the receiving process."""
    status = read_status(data_dir_of(up) / "journal")
    return sum(status.journal.accepted_requests.values()) if status else 0


@pytest.mark.exclusive
def test_senders_do_not_notice_restarts_of_all(tmp_path: Path) -> None:
    """One asked for, and one after all was killed; both on the same ports, with senders that go on sending."""
    with started("up", tmp_path / "data", *SETTINGS) as first, load(first, seed=98) as sending:
        ports = [part for name, port in first.ready["ports"].items() for part in (f"--{name}-port", str(port))]
        time.sleep(1.0)
        assert first.end() == 0
        with started("up", tmp_path / "data", *SETTINGS, ports=tuple(ports)) as second:
            time.sleep(1.0)
            second.process.kill()
            second.process.wait()
        with started("up", tmp_path / "data", *SETTINGS, ports=tuple(ports)) as third:
            time.sleep(0.5)
            assert_whole(third, sending.end(), settled(third))
            assert third.url("http") == first.url("http")
