import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import psutil
import pytest

from echoline.app.children import Child, Ready, launch
from echoline.config import ServerConfig, Settings
from echoline.errors import BadConfig, Unavailable

# A process of ours in small: its name says what it does.
PROGRAM = """
import os, signal, sys, time
from echoline.app.children import become, launch
from echoline.errors import BadConfig

def main(settings, parent, tell):
    print("words on stdout")
    match sys.argv[1]:
        case "refuse": raise BadConfig("port 1 is in use")
        case "die": os._exit(7)
        case "hang": time.sleep(60)
        case "stubborn": signal.signal(signal.SIGTERM, signal.SIG_IGN)
        case "parent":
            child = launch("idle", settings, [sys.executable, "-c", os.environ["PROGRAM"]])
            child.has_become_ready(20.0)
            tell({"child_pid": child.pid}); time.sleep(60)
    tell({"http": f"http://{settings.server.host}:{settings.server.http_port}", "data": str(settings.data_dir)})
    time.sleep(60)

become(main, int(sys.argv[3]))
"""
IN_SMALL = [sys.executable, "-c", PROGRAM]


class Launch(Protocol):
    def __call__(self, name: str, settings: Settings | None = None) -> Child: ...


@pytest.fixture(autouse=True)
def _program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROGRAM", PROGRAM)


@pytest.fixture
def launched() -> Iterator[Launch]:
    children: list[Child] = []

    def start(name: str, settings: Settings | None = None) -> Child:
        children.append(launch(name, settings or Settings(), IN_SMALL))
        return children[-1]

    yield start
    for child in children:
        child.kill()


def _ready(child: Child) -> Ready:
    assert child.has_become_ready(20.0)
    return child.ready


def test_a_child_runs_with_exactly_its_parents_settings(tmp_path: Path, launched: Launch) -> None:
    settings = replace(Settings(), data_dir=tmp_path, server=ServerConfig(host="::1", http_port=77))
    child = launched("idle", settings)
    assert _ready(child) == {"http": "http://::1:77", "data": str(tmp_path)}
    child.stop()
    assert not child.is_alive


def test_a_child_that_refuses_its_settings_says_why(launched: Launch) -> None:
    child = launched("refuse")
    with pytest.raises(BadConfig, match="port 1 is in use"):
        child.has_become_ready(20.0)
    assert child.process.wait(10) == 2


def test_a_child_that_dies_is_told_by_its_exit_code(launched: Launch) -> None:
    with pytest.raises(Unavailable, match="die ended with exit code 7 before it was ready"):
        launched("die").has_become_ready(20.0)


def test_a_child_that_is_not_ready_yet_can_be_asked_again(launched: Launch) -> None:
    child = launched("hang")
    assert not child.has_become_ready(0.05)
    assert child.is_alive


def test_a_child_that_does_not_end_is_ended(launched: Launch) -> None:
    child = launched("stubborn")
    _ready(child)
    child.stop(timeout_s=0.2)
    assert child.process.returncode == -signal.SIGKILL


@pytest.mark.exclusive
def test_a_child_dies_with_its_killed_parent(launched: Launch) -> None:
    parent = launched("parent")
    grandchild = psutil.Process(int(_ready(parent)["child_pid"]))
    os.kill(parent.pid, signal.SIGKILL)
    parent.process.wait()
    until = time.monotonic() + 10
    while grandchild.is_running() and grandchild.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
        time.sleep(0.01)
    assert not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE


def test_a_child_is_only_started_from_the_main_thread() -> None:
    refused: list[BaseException] = []

    def start() -> None:
        try:
            launch("idle", Settings(), IN_SMALL)
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert len(refused) == 1
