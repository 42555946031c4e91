import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from echoline import tokens_file
from echoline.config import ServerConfig, Settings
from echoline.errors import Unavailable
from echoline.model.answers import Health, Stored
from echoline.surfaces.cli.connection import Run, Target, connected, elsewhere, running
from echoline.surfaces.cli.program import Processes
from surfaces.cli.conftest import Api


@pytest.fixture
def listening() -> Iterator[str]:
    """The URL of something that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


HEALTH = Health("ok", "1.0", Stored(0, 0, 0), {}, {}, {}, 0, 0.0)


@pytest.fixture
def answering(api: Api) -> str:
    """The URL of an Echoline that runs on another data directory."""
    api.answer = (200, msgspec.json.encode(HEALTH))
    return api.url


def _at(folder: Path, url: str = "http://127.0.0.1:0") -> Settings:
    """Settings for a folder, with the API at the port of `url`."""
    return Settings(data_dir=folder, server=ServerConfig(api_port=urlsplit(url).port or 0))


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
        pytest.raises(Unavailable, match=r"start one with `echoline up`$"),
        connected(Target(None, None, False), Settings(data_dir=tmp_path), Started().processes()),
    ):
        pass


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    folder, started = tmp_path / "new", Started()
    with (
        pytest.raises(Unavailable, match=r"there is no data in .*new; start one with `echoline up`$"),
        connected(Target(None, None, True), _at(folder), started.processes()),
    ):
        pass
    assert not folder.exists()
    with connected(Target(None, None, True, may_begin=True), _at(folder), started.processes()):
        assert [name for name, _ in started.started] == ["private-serve"]


@pytest.mark.parametrize(("exists", "names_folder"), [(False, True), (True, False)])
def test_another_one_that_answers_is_named_instead(
    tmp_path: Path, answering: str, exists: bool, names_folder: bool
) -> None:
    settings = _at(tmp_path if exists else tmp_path / "new", answering)
    with (
        pytest.raises(Unavailable, match=f"another one answers at {answering}: ask that one with --url {answering}"),
        connected(Target(None, None, True, names_folder), settings, Started().processes()),
    ):
        pass


def test_a_folder_that_was_chosen_is_asked_whatever_else_runs(tmp_path: Path, answering: str) -> None:
    with connected(Target(None, None, True), _at(tmp_path, answering), Started().processes()) as server:
        assert server.url == "http://127.0.0.1:7"


@pytest.mark.parametrize("answer", [(200, b"hello"), (404, b"{}")])
def test_another_program_at_the_port_is_no_echoline(tmp_path: Path, api: Api, answer: tuple[int, bytes]) -> None:
    api.answer = answer
    assert elsewhere(_at(tmp_path, api.url)) is None
