import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from builders import log, logs, request, span, trace
from echoline.app import children
from echoline.config import Settings, StoreConfig
from echoline.errors import BadConfig, BadInput, Unavailable
from echoline.journal.writer import Writer
from echoline.model.records import Request
from echoline.stores.client import Client
from waiting import wait_until

FAST = StoreConfig(batch_seconds=0.01)


@contextmanager
def running(data_dir: Path, name: str = "engine", **store: int) -> Iterator[tuple[children.Child, Client]]:
    """An engine's process, and a client of it."""
    child = children.spawn(name, Settings(data_dir=data_dir, store=replace(FAST, **store)))
    client = Client(Path(str(child.ready["engine"])))
    try:
        yield child, client
    finally:
        client.close()
        child.stop()


@contextmanager
def journal(data_dir: Path) -> Iterator[Writer]:
    writer = Writer(data_dir / "journal", Settings().receive)
    yield writer
    writer.close()


def now(body: bytes, **others: object) -> Request:
    return replace(request(body, **others), received_ns=time.time_ns())  # type: ignore[arg-type]


def recent(name: str) -> bytes:
    return trace(span(name, start_ns=time.time_ns()))


@pytest.mark.exclusive
def test_what_is_journalled_can_be_asked_for(tmp_path: Path) -> None:
    with journal(tmp_path) as writer, running(tmp_path) as (_, client):
        writer.append(now(recent("GET /cart"), encoding="gzip")).result(5)
        writer.append(now(logs(log(time_ns=time.time_ns())), signal="logs")).result(5)
        writer.append(now(b"\xff\xff\xff")).result(5)
        assert client.operate("flush")["loaded"] == {"traces": 1, "logs": 1}
        assert client.query("SELECT service, name FROM spans").to_pylist() == [{"service": "shop", "name": "GET /cart"}]
        status = client.operate("status")
        stored = {"spans": 1, "logs": 1, "metric_points": 0, "profile_samples": 0}
        assert (status["stored"], status["quarantined"]) == (stored, 1)


@pytest.mark.exclusive
def test_a_span_can_be_asked_for_within_two_seconds(tmp_path: Path) -> None:
    with journal(tmp_path) as writer, running(tmp_path, batch_seconds=1) as (_, client):
        writer.append(now(recent("first"))).result(5)
        began_s = time.monotonic()
        wait_until(lambda: client.query("SELECT 1 FROM spans").num_rows == 1)
        assert time.monotonic() - began_s < 2.0


@pytest.mark.exclusive
def test_an_engine_that_is_asked_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    with running(tmp_path) as (child, client):
        child.stop()
        assert child.process.returncode == 0
        assert not client.path.exists()
        with pytest.raises(Unavailable, match="away"):
            client.query("SELECT 1")
    with running(tmp_path) as (_, client):
        assert client.query("SELECT 1 AS x").num_rows == 1


@pytest.mark.exclusive
def test_a_private_engine_answers_and_loads_nothing(tmp_path: Path) -> None:
    with journal(tmp_path) as writer, running(tmp_path, "private-engine") as (_, client):
        writer.append(now(recent("GET /cart"))).result(5)
        assert client.operate("flush")["loaded"] == {}
        assert client.query("SELECT name FROM spans").num_rows == 0


@pytest.mark.exclusive
def test_operations_work_over_the_socket(tmp_path: Path) -> None:
    with journal(tmp_path) as writer, running(tmp_path) as (_, client):
        writer.append(now(recent("GET /cart"))).result(5)
        client.operate("flush")
        made = client.operate("backup", folder="monday")
        assert client.operate("delete", service="shop")["deleted"]["spans"] == 1  # type: ignore[index]
        assert client.query("SELECT name FROM spans").num_rows == 0
        assert client.operate("restore", folder=str(made["folder"])) == made
        days = client.operate("days", signal="traces")["days"]
        assert isinstance(days, dict)
        assert b"".join(client.stream("export", signal="traces", day=next(iter(days))))[:4] == b"PAR1"
        with pytest.raises(BadInput):
            client.operate("delete")
        with pytest.raises(BadInput):
            client.operate("backup", folder="monday")


@pytest.mark.exclusive
def test_a_store_of_a_newer_version_is_refused_at_start(tmp_path: Path) -> None:
    later = f"""if True:
        from pathlib import Path
        from echoline.config import StoreConfig
        from echoline.stores.engine import Engine
        engine = Engine(Path({str(tmp_path)!r}), StoreConfig())
        engine.execute("INSERT INTO migrations VALUES (9001, 'later', 'x', now())")
        engine.close()"""
    subprocess.run([sys.executable, "-c", later], check=True)
    with pytest.raises(BadConfig, match="version 9001"):
        children.spawn("engine", Settings(data_dir=tmp_path))


@pytest.mark.exclusive
def test_a_full_disk_stops_loading_and_loses_nothing(tmp_path: Path) -> None:
    """Files are limited to a size, which is what a full disk looks like to those who write them."""
    with journal(tmp_path) as writer, running(tmp_path) as (child, client):
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
        at = time.time_ns()
        for number in range(4):
            many = (span(f"{number} {i}", start_ns=at, attributes={"k": f"{i * 7919:x}" * 20}) for i in range(2000))
            writer.append(now(trace(*many))).result(5)
        wait_until(lambda: client.operate("status")["loading"]["error"] is not None)  # type: ignore[index]
        assert client.query("SELECT 1 AS x").num_rows == 1
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        wait_until(lambda: client.operate("status")["stored"]["spans"] == 8000, 20)  # type: ignore[index]
        assert client.query("SELECT uniqExact(name) AS n, sum(1) AS rows FROM spans").to_pylist() == [
            {"n": 8000, "rows": 8000}
        ]
        assert client.operate("status")["loading"]["error"] is None  # type: ignore[index]


@pytest.mark.exclusive
def test_an_idle_engine_is_small(tmp_path: Path) -> None:
    with running(tmp_path) as (child, client):
        client.query("SELECT count() FROM spans")
        assert psutil.Process(child.pid).memory_full_info().pss < 450 << 20
