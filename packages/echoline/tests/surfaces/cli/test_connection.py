import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from echoline import tokens_file
from echoline.config import Settings
from echoline.errors import Unavailable
from echoline.surfaces.cli.connection import Run, Target, connected, running
from echoline.surfaces.cli.program import Processes


@pytest.fixture
def listening() -> Iterator[str]:
    """The URL of something that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _write(data_dir: Path, url: str, pid: int) -> None:
    (data_dir / "run.json").write_text(json.dumps({"listeners": {"api": url}, "processes": {"up": pid}, "more": 1}))


def test_what_answers_is_running(tmp_path: Path, listening: str) -> None:
    _write(tmp_path, listening, os.getpid())
    assert running(tmp_path) == Run({"api": listening}, {"up": os.getpid()})


def test_what_a_killed_one_left_behind_is_not_running(tmp_path: Path, listening: str) -> None:
    _write(tmp_path, listening, 2**22 + 1)
    assert running(tmp_path) is None


def test_a_process_number_that_is_somebody_elses_now_is_not_running(tmp_path: Path) -> None:
    _write(tmp_path, "http://127.0.0.1:1", os.getpid())
    assert running(tmp_path) is None


@pytest.mark.parametrize("content", [None, "", "{}", "[1]"])
def test_without_a_whole_file_nothing_is_running(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    assert running(tmp_path) is None


class Started:
    """Stands for the processes that commands may start, and keeps their settings."""

    def __init__(self) -> None:
        self.started: list[tuple[str, Settings]] = []
        self.ended = 0

    @contextmanager
    def beside(self, name: str, settings: Settings) -> Iterator[dict[str, str]]:
        self.started.append((name, settings))
        yield {"api": "http://127.0.0.1:7"}
        self.ended += 1

    def processes(self) -> Processes:
        return Processes(lambda *_: 0, self.beside)


def test_a_named_server_is_asked_whatever_runs_here(tmp_path: Path, listening: str) -> None:
    _write(tmp_path, listening, os.getpid())
    with connected(
        Target("http://far:1", "secret", True), Settings(data_dir=tmp_path), Started().processes()
    ) as server:
        assert (server.url, server.token) == ("http://far:1", "secret")


def test_the_running_server_is_asked(tmp_path: Path, listening: str) -> None:
    _write(tmp_path, listening, os.getpid())
    with connected(Target(None, None, False), Settings(data_dir=tmp_path), Started().processes()) as server:
        assert (server.url, server.token) == (listening, tokens_file.owner_token(tmp_path))


def test_a_private_server_is_started_and_ended_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = Started()
    with connected(Target(None, None, True), Settings(data_dir=tmp_path), started.processes()) as server:
        assert (server.url, started.ended) == ("http://127.0.0.1:7", 0)
    ((name, settings),) = started.started
    assert (name, settings.server.host, settings.server.api_port, started.ended) == ("private-serve", "127.0.0.1", 0, 1)
    assert f"starting one on {tmp_path} for this command alone" in capsys.readouterr().err


def test_none_is_started_when_that_is_not_wanted(tmp_path: Path) -> None:
    with (
        pytest.raises(Unavailable, match="start one with `echoline up`, or leave out --no-start"),
        connected(Target(None, None, False), Settings(data_dir=tmp_path), Started().processes()),
    ):
        pass
