"""A running Echoline under load: a program that sends, threads that ask, and a hand that kills."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from echoline_process import Started, environment
from exactly_once import Sent
from waiting import wait_until

_TESTS = Path(__file__).parents[1]
_QUESTIONS = ("traces?text=nowhere", "operations?name=nothing", "logs?text=*nowhere*", "heat-map?text=nowhere")


class Load:
    """The sending program; an error of a sender is its error."""

    def __init__(self, up: Started, seed: int) -> None:
        program = str(_TESTS / "route" / "load_sender.py")
        command = [sys.executable, program, up.url("http"), up.url("grpc"), str(seed)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(PYTHONPATH=str(_TESTS)),
            text=True,
        )

    def end(self) -> Sent:
        """Lets it finish what it is at; what was acknowledged."""
        told, errors = self._process.communicate(timeout=90)
        assert (self._process.returncode, errors) == (0, "")
        return Sent(**json.loads(told))

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def load(up: Started, seed: int) -> Iterator[Load]:
    """One that sends until it is told to end."""
    sending = Load(up, seed)
    try:
        yield sending
    finally:
        sending.kill()


@contextmanager
def asking(up: Started, threads: int = 2) -> Iterator[Counter[int]]:
    """Threads that always have a question running over the API; how often it answered what (0: it was away)."""
    stop, answered = threading.Event(), Counter[int]()

    def ask() -> None:
        while not stop.is_set():
            for question in _QUESTIONS:
                answered[_status(f"{up.url('api')}/api/v1/{question}&since=3d")] += 1
            stop.wait(0.05)

    running = [threading.Thread(target=ask) for _ in range(threads)]
    for each in running:
        each.start()
    try:
        yield answered
    finally:
        stop.set()
        for each in running:
            each.join()


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return 0


def process_of(up: Started, name: str) -> psutil.Process:
    """The process of that name as it is now; waits for it to be there."""
    found: list[psutil.Process] = []

    def is_there() -> bool:
        found[:] = [each for each in psutil.Process(up.process.pid).children(recursive=True) if _is(each, name)]
        return bool(found)

    wait_until(is_there, 40)
    return found[0]


def _is(process: psutil.Process, name: str) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.cmdline()[2:4] == ["echoline", name]
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def kill(up: Started, name: str) -> None:
    """Ends one process at once, wherever it is."""
    os.kill(process_of(up, name).pid, signal.SIGKILL)
