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
from sending import Sender, post, wait_until

SENDERS = 4


def start(data_dir: Path, port: int = 0, **receive: int) -> tuple[children.Child, int]:
    """A receiving process, and its port; the same one again for the next."""
    server = ServerConfig(grpc_port=0, http_port=port)
    child = children.spawn("receive", Settings(data_dir=data_dir, server=server, receive=ReceiveConfig(**receive)))
    return child, int(str(child.ready["http"]).rpartition(":")[2])


def journalled(data_dir: Path) -> list[bytes]:
    return [record.request.body for record in read(data_dir / "journal", START, max_bytes=1 << 40)]


def kill_under_load(data_dir: Path, seed: int, kills: int) -> None:
    """Senders send until they are through; meanwhile the process is killed and started again on the same port."""
    chance = random.Random(seed)
    child, port = start(data_dir, segment_bytes=200_000)
    bodies = [
        [trace(span(f"{seed} {n} {i}" * chance.randint(1, 200))) for i in range(120 * kills)] for n in range(SENDERS)
    ]
    senders = [Sender(f"http://127.0.0.1:{port}", each, random.Random(seed + n)) for n, each in enumerate(bodies)]
    for each in senders:
        each.start()
    for _ in range(kills):
        time.sleep(chance.uniform(0.02, 0.25))
        child.kill()
        child, _ = start(data_dir, port, segment_bytes=200_000)
    for each in senders:
        each.join(60)
    child.stop()
    assert Counter(journalled(data_dir)) == Counter(body for several in bodies for body in several)


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
    child, port = start(tmp_path, segment_bytes=20_000)
    bodies = [trace(span(f"{i}" * chance.randint(1, 400))) for i in range(300)]
    sender = Sender(f"http://127.0.0.1:{port}", bodies, chance)
    sender.start()
    seen: list[bytes] = []
    for round_ in range(40):
        seen += commit(tmp_path)
        if round_ % 10 == 5:
            child.kill()
            child, _ = start(tmp_path, port, segment_bytes=20_000)
        time.sleep(0.02)
    sender.join(60)
    for body in bodies[::7]:
        assert post(f"http://127.0.0.1:{port}", body).status == 200
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
        child, port = start(data_dir)
        url = f"http://127.0.0.1:{port}"
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
    child, port = start(tmp_path)
    assert post(f"http://127.0.0.1:{port}", trace(span("last"))).status == 200
    child.kill()
    child, _ = start(tmp_path, port)
    assert post(f"http://127.0.0.1:{port}", trace(span("last"))).status == 200
    child.stop()
    assert journalled(tmp_path) == [trace(span("last"))]
