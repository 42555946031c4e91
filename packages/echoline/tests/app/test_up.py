"""`echoline up` as a user runs it: starts, survives the death of its processes, and ends without a trace."""

import json
import os
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from echoline_process import FREE_PORTS, Started, echoline, processor_seconds, started
from waiting import wait_until


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """One instance for the tests that leave it as it is."""
    with started("up", tmp_path_factory.mktemp("up") / "data") as instance:
        yield instance
        instance.end()


def _data_dir(instance: Started) -> Path:
    return Path(instance.ready["data_dir"])


def _health(instance: Started) -> int:
    return echoline("health", "--url", instance.url("api"), "--json").returncode


def test_it_tells_each_listener_on_a_line_and_its_ports_in_files(running: Started) -> None:
    shown = running.output.read_text().splitlines()
    assert [line.split()[0] for line in shown[1:4]] == ["OTLP/gRPC", "OTLP/HTTP", "API"]
    assert [line.split()[1] for line in shown[1:4]] == [running.url(name) for name in ("grpc", "http", "api")]
    run_file = _data_dir(running) / "run.json"
    assert json.loads(run_file.read_text()) == running.ready
    assert set(running.ready["processes"]) == {"up", "receive", "serve", "engine"}
    assert stat.S_IMODE(_data_dir(running).stat().st_mode) == 0o700


def test_it_starts_for_less_than_four_times_what_its_libraries_cost(running: Started) -> None:
    """Of processor time, over all processes; beside one Python that only imports them, on the same machine."""
    libraries = "chdb, fastapi, grpc, numpy, opentelemetry.sdk.metrics, pyarrow.compute, sqlalchemy, uvicorn"
    spent = sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in running.ready["processes"].values())
    assert spent <= 4 * processor_seconds([sys.executable, "-c", f"import {libraries}"])


def test_a_second_one_on_the_same_folder_is_refused_with_the_number_of_the_first(running: Started) -> None:
    done = echoline("up", "--data-dir", _data_dir(running), *FREE_PORTS)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"echoline: data directory {_data_dir(running)} belongs to a running Echoline (process {running.pid('up')}); "
        "stop that one, or choose another folder with --data-dir\n"
    )


def test_a_port_in_use_is_named_and_nothing_stays_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = echoline("up", "--data-dir", tmp_path / "data", *FREE_PORTS, "--http-port", str(port))
    assert done.returncode == 2
    assert f"setting 'server.http_port' = {port}: OTLP/HTTP cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()
    assert not [
        each for each in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(each.info["cmdline"] or ())
    ]


def test_another_address_needs_a_token_and_the_command_that_makes_one_is_told(tmp_path: Path) -> None:
    done = echoline("up", "--data-dir", tmp_path / "data", *FREE_PORTS, "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "`echoline tokens create --scope " in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    done = echoline("up", "--data-dir", tmp_path / "data", *FREE_PORTS)
    assert done.returncode == 2
    assert done.stderr.startswith(f"echoline: setting 'data_dir' = '{tmp_path}/data' is no folder")


@pytest.mark.exclusive
@pytest.mark.parametrize(
    ("name", "ending"), [("receive", signal.SIGTERM), ("serve", signal.SIGINT), ("engine", signal.SIGHUP)]
)
def test_a_killed_process_comes_back_on_the_same_ports_and_all_end_clean(
    tmp_path: Path, name: str, ending: signal.Signals
) -> None:
    with started("up", tmp_path / "data") as instance:
        os.kill(instance.pid(name), signal.SIGKILL)
        wait_until(lambda: not psutil.pid_exists(instance.pid(name)), 40)
        wait_until(lambda: _answers(instance.url("http")) and _health(instance) == 0, 40)
        run = json.loads((tmp_path / "data" / "run.json").read_text())
        assert run["listeners"] == instance.ready["listeners"]
        assert instance.end(ending) == 0
        assert not any(psutil.pid_exists(pid) for pid in (*run["processes"].values(), instance.pid("up")))
        assert not (tmp_path / "data" / "run.json").exists()
        told = instance.output.read_text()
        assert "Traceback" not in told
        assert told.endswith("Ending …\nStopped.\n")


def _answers(url: str) -> bool:
    host, port = url.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port)), 1).close()
    except OSError:
        return False
    return True


@pytest.mark.exclusive
def test_all_die_with_one_that_was_killed_and_the_next_start_is_clean(tmp_path: Path) -> None:
    with started("up", tmp_path / "data") as instance:
        instance.process.kill()
        wait_until(
            lambda: (
                not any(psutil.pid_exists(pid) for name, pid in instance.ready["processes"].items() if name != "up")
            ),
            40,
        )
    assert (tmp_path / "data" / "run.json").exists()
    done = echoline("health", "--data-dir", tmp_path / "data", "--no-start")
    assert (done.returncode, done.stdout) == (3, "")
    with started("up", tmp_path / "data") as again:
        assert again.end() == 0
