"""Requests and tasks under real servers, started with `run --`, get their CPU charged, each to its span."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from launching import asked, free_port, run, running
from otlp_sink import Sink
from profiling_receiver import Receiver, receiving, wait_for

PROGRAMS = Path(__file__).parent / "programs"
ON = {"ECHOLINE_AGENT_OFF": ""}


@contextmanager
def served(receiver: Receiver, *command: str, **variables: str) -> Iterator[None]:
    """The agent with all its parts; a worker is sampled from half a second after its fork."""
    with running(Sink(url=receiver.url), *command, cwd=PROGRAMS, **ON, **variables):
        yield


def assert_burnt(receiver: Receiver, caller: str, *, approximate: bool) -> None:
    """Of three or four times 0.6 s two are charged: to the function on main threads, to the span anywhere."""
    called = [each for each in receiver.samples if caller in each.functions]
    total_ns = sum(each.cpu_ns for each in called)
    assert 1.1e9 <= total_ns <= 2.6e9
    assert {each.is_approximate for each in called} == {approximate}
    assert {each.resource["service.name"] for each in called} == {"shop"}
    assert sum(each.cpu_ns for each in called if each.span_id != "0" * 16) >= 0.9 * total_ns
    if not approximate:
        assert sum(each.cpu_ns for each in called if each.functions[0] == "burning.burn") >= 0.9 * total_ns


def ask_thrice(url: str) -> None:
    """The first time while the worker may be too young to be sampled; each time 0.6 s of CPU."""
    asked(url)
    time.sleep(1.0)
    asked(url)
    asked(url)


def test_flask_under_gunicorn_is_exact() -> None:
    port = free_port()
    with (
        receiving() as receiver,
        served(receiver, "gunicorn", "--workers", "1", "--bind", f"127.0.0.1:{port}", "burning_flask:app"),
    ):
        ask_thrice(f"http://127.0.0.1:{port}/burn")
    assert_burnt(receiver, "burning_flask.view", approximate=False)


@pytest.mark.parametrize(("path", "caller", "approximate"), [("/burn", "view", False), ("/pool", "pooled", True)])
def test_fastapi_under_uvicorn_is_exact_on_its_loop(path: str, caller: str, approximate: bool) -> None:
    """Plain functions run in a pool of threads: there the function is approximate, and the span is right."""
    port = free_port()
    with (
        receiving() as receiver,
        served(receiver, "uvicorn", "--port", str(port), "--log-level", "warning", "burning_fastapi:app"),
    ):
        ask_thrice(f"http://127.0.0.1:{port}{path}")
        # uvicorn ends by the signal that it got: what waits then is lost.
        wait_for(lambda: receiver.cpu_under_ns(f"burning_fastapi.{caller}") > 1.2e9)
    assert_burnt(receiver, f"burning_fastapi.{caller}", approximate=approximate)


def test_a_task_in_a_worker_of_celery_is_exact(tmp_path: Path) -> None:
    """Its processes end by `os._exit`; what waits is sent before."""
    for name in ("queue", "control", "results"):
        (tmp_path / name).mkdir()
    worker = ("celery", "-A", "burning_celery", "worker", "-c", "1", "-l", "error", "--without-gossip")
    with receiving() as receiver, served(receiver, *worker, QUEUE=str(tmp_path)):
        sink = Sink(url=receiver.url)
        for _ in range(4):
            done = run(sink, "python", "burning_celery.py", cwd=PROGRAMS, QUEUE=str(tmp_path))
            assert done.stdout == "burnt\n", done.stderr
    assert_burnt(receiver, "burning_celery.task", approximate=False)
