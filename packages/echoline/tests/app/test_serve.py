"""The answering process: it has the engine, and gets it back when it dies."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from echoline_process import FREE_PORTS, Started, echoline, started
from waiting import wait_until


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    with started("serve", tmp_path_factory.mktemp("serve") / "data") as instance:
        yield instance
        instance.end()


def status_of(instance: Started, path: str) -> int:
    try:
        with urllib.request.urlopen(instance.url("api") + path, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_it_is_ready_when_the_engine_is(serving: Started) -> None:
    assert [status_of(serving, path) for path in ("/healthz", "/readyz", "/api/v1/services")] == [200, 200, 200]
    assert psutil.Process(serving.pid("engine")).parent() == psutil.Process(serving.pid("serve"))


def test_one_that_receives_nothing_says_so(serving: Started) -> None:
    with urllib.request.urlopen(f"{serving.url('api')}/api/v1/health") as answer:
        health = json.load(answer)
    assert (health["status"], health["stored"]["spans"]) == ("ok", 0)


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = echoline("serve", "--data-dir", tmp_path / "data", "--api-port", port)
    assert done.returncode == 2
    assert "api_port" in done.stderr
    assert port in done.stderr


def test_an_open_address_needs_a_token(tmp_path: Path) -> None:
    done = echoline("serve", "--data-dir", tmp_path / "data", *FREE_PORTS, "--set", "server.host=0.0.0.0")
    assert done.returncode == 2
    assert "echoline tokens create --scope read" in done.stderr


@pytest.mark.exclusive
def test_a_killed_engine_is_started_anew_and_found_again(tmp_path: Path) -> None:
    with started("serve", tmp_path / "data") as instance:
        serve, killed = psutil.Process(instance.pid("serve")), instance.pid("engine")
        psutil.Process(killed).kill()
        assert status_of(instance, "/healthz") == 200
        wait_until(lambda: status_of(instance, "/readyz") == 200, 40)
        engines = [child.pid for child in serve.children() if child.status() != psutil.STATUS_ZOMBIE]
        assert len(engines) == 1
        assert engines != [killed]
        assert instance.end() == 0
        assert not psutil.pid_exists(engines[0])


@pytest.mark.exclusive
def test_an_engine_ends_with_the_process_that_has_it(tmp_path: Path) -> None:
    with started("serve", tmp_path / "data") as instance:
        engine = psutil.Process(instance.pid("engine"))
        instance.process.kill()
        engine.wait(20)
