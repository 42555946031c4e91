"""`receive` is killed at random instants under load: what it acknowledged is in the journal, once."""

import random
import resource
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builders import span, trace
from echoline.app import children
from echoline.config import ReceiveConfig, ServerConfig, Settings
from echoline.journal.committed import read_committed, write_committed
from echoline.journal.reader import read
from echoline.model.records import START
from sending import Sender, over_grpc, over_http, post
from waiting import wait_until


def start(data_dir: Path, before: children.Child | None = None, **receive: int) -> children.Child:
    """A receiving process, on the ports of the one before."""
    ports = {f"{name}_port": port_of(before, name) if before else 0 for name in ("grpc", "http")}
    server = ServerConfig(**ports)  # type: ignore[arg-type]
    return children.spawn("receive", Settings(data_dir=data_dir, server=server, receive=ReceiveConfig(**receive)))


def port_of(child: children.Child, name: str) -> int:
    return int(str(child.ready[name]).rpartition(":")[2])


def journalled(data_dir: Path) -> list[bytes]:
    return [record.request.body for record in read(data_dir / "journal", START, max_bytes=1 << 40)]


def kill_under_load(data_dir: Path, seed: int, kills: int) -> None:
    """Senders send until they are through; meanwhile the process is killed and started again on the same ports."""
    chance = random.Random(seed)
    child = start(data_dir, segment_bytes=200_000)
    sends = [over_http(str(child.ready["http"])), over_grpc(str(child.ready["grpc"]))] * 2
    senders = [
        Sender(send, [a_body(f"{seed} {n} {i}", chance) for i in range(120 * kills)], random.Random(seed + n))
        for n, send in enumerate(sends)
    ]
    for each in senders:
        each.start()
    for _ in range(kills):
        time.sleep(chance.uniform(0.02, 0.25))
        child.kill()
        child = start(data_dir, child, segment_bytes=200_000)
    for each in senders:
        each.join(60)
    child.stop()
    assert Counter(journalled(data_dir)) == Counter(body for each in senders for body in each.bodies)


def a_body(name: str, chance: random.Random) -> bytes:
    return trace(span(name * chance.randint(1, 200)))


@pytest.mark.exclusive
def test_what_was_acknowledged_survives_kills_once(tmp_path: Path) -> None:
    kill_under_load(tmp_path, seed=1, kills=5)


@pytest.mark.long
@pytest.mark.exclusive
@pytest.mark.parametrize("seed", range(2, 7))
def test_what_was_acknowledged_survives_many_kills_once(tmp_path: Path, seed: int) -> None:
    kill_under_load(tmp_path, seed, kills=8)


@pytest.mark.exclusive
def test_kills_while_segments_are_deleted_lose_and_repeat_nothing(tmp_path: Path) -> None:
    """An engine commits what it reads, so segments go while bodies are still sent again; their hashes stay."""
    chance = random.Random(7)
    child = start(tmp_path, segment_bytes=20_000)
    url = str(child.ready["http"])
    bodies = [a_body(f"{i}", chance) for i in range(300)]
    sender = Sender(over_http(url), bodies, chance)
    sender.start()
    seen: list[bytes] = []
    for round_ in range(40):
        seen += commit(tmp_path)
        if round_ % 10 == 5:
            child.kill()
            child = start(tmp_path, child, segment_bytes=20_000)
        time.sleep(0.02)
    sender.join(60)
    for body in bodies[::7]:
        assert post(url, body).status == 200
    child.stop()
    seen += commit(tmp_path)
    assert Counter(seen) == Counter(bodies)
    assert read_committed(tmp_path / "journal").segment > 3


def commit(data_dir: Path) -> list[bytes]:
    """Reads what is new and commits it, like the engine."""
    folder = data_dir / "journal"
    records = read(folder, read_committed(folder), max_bytes=1 << 40)
    if records:
        write_committed(folder, records[-1].end)
    return [record.request.body for record in records]


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A file system of 4 MB, where one may be mounted; else None."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.exclusive
def test_a_full_disk_refuses_for_now_and_serves_again_when_there_is_room(tmp_path: Path) -> None:
    """Without a restart, and nothing of a refused body stays behind. Files are limited where nothing can be mounted."""
    with small_disk(tmp_path / "disk") as disk:
        data_dir = disk or tmp_path / "data"
        child = start(data_dir)
        url = str(child.ready["http"])
        assert post(url, trace(span("before"))).status == 200
        if disk:
            (disk / "filler").write_bytes(bytes((4 << 20) - 300_000))
        else:
            resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
        large = trace(span("large" * 100_000))
        answers = [post(url, large) for _ in range(3)]
        assert [(each.status, int(each.headers["retry-after"]) >= 1) for each in answers] == [(503, True)] * 3
        assert post(url, trace(span("small"))).status == 200
        if disk:
            (disk / "filler").unlink()
        else:
            resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        wait_until(lambda: post(url, large).status == 200)
        assert journalled(data_dir) == [trace(span("before")), trace(span("small")), large]
        child.stop()


@pytest.mark.exclusive
def test_what_was_acknowledged_is_told_of_after_a_kill(tmp_path: Path) -> None:
    """A retry of the very last body before a kill is recognised after it."""
    child = start(tmp_path)
    assert post(str(child.ready["http"]), trace(span("last"))).status == 200
    child.kill()
    child = start(tmp_path, child)
    assert post(str(child.ready["http"]), trace(span("last"))).status == 200
    child.stop()
    assert journalled(tmp_path) == [trace(span("last"))]
