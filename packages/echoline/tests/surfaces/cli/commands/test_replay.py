"""`echoline replay` against a real receiving process."""

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import builders as make
from echoline_process import Started, command, echoline, environment, started
from recordings_maker import write_recording

SHOP = Path(__file__).parents[3] / "recordings" / "shop"
FILES = [SHOP / f"{signal}.otlp.zst" for signal in ("traces", "logs", "metrics")]
FACTS = json.loads((SHOP / "facts.json").read_text())
ITEMS = {
    "traces": FACTS["traces"]["spans"],
    "logs": FACTS["logs"]["records"],
    "metrics": FACTS["metrics"]["datapoints"],
}


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    with started("receive", tmp_path_factory.mktemp("replay") / "data") as process:
        yield process


@pytest.mark.parametrize("protocol", ["http", "grpc"])
def test_every_item_is_acknowledged(receiver: Started, protocol: str) -> None:
    done = echoline("replay", *FILES, "--to", receiver.url(protocol), "--protocol", protocol, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)["signals"]
    assert {signal: tally["acknowledged"] for signal, tally in answer.items()} == ITEMS
    assert {tally["rejected"] for tally in answer.values()} == {0}


def test_the_receiver_is_found_by_the_data_directory(receiver: Started, tmp_path: Path) -> None:
    port = receiver.url("http").rsplit(":")[-1]
    done = echoline("replay", FILES[1], ECHOLINE_DATA_DIR=str(tmp_path), ECHOLINE_SERVER__HTTP_PORT=port)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split() == [
        "logs",
        str(FACTS["logs"]["requests"]),
        f"{ITEMS['logs']:,}",
        f"{ITEMS['logs']:,}",
    ]


@pytest.mark.exclusive
def test_it_waits_for_a_receiver_that_comes_later(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    waiting = command("replay", FILES[1], "--to", f"http://127.0.0.1:{port}", "--json")
    with subprocess.Popen(waiting, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as replay:
        assert replay.stderr
        assert b"connection refused; trying again in" in replay.stderr.readline()
        with started("receive", tmp_path / "data", ports=("--http-port", port, "--grpc-port", "0")):
            assert replay.wait(60) == 0
        assert replay.stdout
        assert json.loads(replay.stdout.read())["signals"]["logs"]["acknowledged"] == ITEMS["logs"]


def test_it_gives_up_with_exit_code_3() -> None:
    done = echoline("replay", FILES[1], "--to", "http://127.0.0.1:1", "--give-up-after", "0")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "echoline: gave up after 0 s: http://127.0.0.1:1: connection refused\n"


def test_a_refused_body_is_told_and_exits_3(receiver: Started, tmp_path: Path) -> None:
    """The first field of a trace request is a message, never a number; what follows still arrives."""
    path = write_recording(tmp_path / "traces.otlp.zst", [b"\x08\x01", make.trace(make.span("a"), make.span("b"))])
    done = echoline("replay", path, "--to", receiver.url("http"), "--json")
    assert done.returncode == 3
    tally = json.loads(done.stdout)["signals"]["traces"]
    assert (tally["requests"], tally["acknowledged"]) == (2, 2)
    assert "the receiver says: HTTP 400" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((FILES[1], "--shift", "later"), "--shift 'later': expected now, or a time like 2026-11-22T10:00:00Z"),
        ((__file__, "--signal", "logs"), "is no zstd stream within its first"),
        (("nosuch.logs",), "nosuch.logs cannot be read: No such file or directory"),
        ((FILES[1], "--to", "localhost:4318"), "expected the address of an OTLP receiver like http://127.0.0.1:4318"),
    ],
)
def test_wrong_usage_is_one_line_and_exits_2(arguments: tuple[str | Path, ...], words: str) -> None:
    done = echoline("replay", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
