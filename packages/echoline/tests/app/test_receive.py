import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import msgspec
import psutil
import pytest
import zstandard

from builders import compressed, span, trace
from echoline import tokens_file
from echoline.app import children
from echoline.config import ReceiveConfig, ServerConfig, Settings
from echoline.errors import BadConfig
from echoline.journal.reader import read
from echoline.journal.status import ReceiveStatus, read_status
from echoline.model.records import START
from echoline.model.tokens import TokenHash
from sending import METHODS, post
from waiting import wait_until

MIB = 1 << 20


def settings(data_dir: Path, **receive: int) -> Settings:
    server = ServerConfig(grpc_port=0, http_port=0, api_port=0)
    return Settings(data_dir=data_dir, server=server, receive=ReceiveConfig(**receive))


@contextmanager
def running(given: Settings) -> Iterator[children.Child]:
    """A receiving process that listens."""
    child = children.spawn("receive", given)
    try:
        yield child
    finally:
        child.stop()


def journalled(data_dir: Path) -> list[bytes]:
    return [record.request.body for record in read(data_dir / "journal", START, max_bytes=1 << 40)]


def export(address: str, body: bytes) -> None:
    with grpc.insecure_channel(address) as channel:
        call: Any = channel.unary_unary(METHODS["traces"])
        call(body, timeout=5)


def status_of(data_dir: Path) -> ReceiveStatus:
    found = read_status(data_dir / "journal")
    assert found is not None
    return found


def test_it_tells_where_it_listens_and_receives_there(tmp_path: Path) -> None:
    with running(settings(tmp_path)) as child:
        assert post(str(child.ready["http"]), trace(span("by HTTP"))).status == 200
        export(str(child.ready["grpc"]), trace(span("by gRPC")))
    assert journalled(tmp_path) == [trace(span("by HTTP")), trace(span("by gRPC"))]
    assert child.process.returncode == 0


def test_it_writes_its_status_every_second_and_at_its_end(tmp_path: Path) -> None:
    with running(settings(tmp_path)) as child:
        post(str(child.ready["http"]), trace(span("a")))
        post(str(child.ready["http"]), trace(span("a")))
        post(str(child.ready["http"]), b"garbage")
        wait_until(lambda: status_of(tmp_path).refused == {"malformed": 1})
        status = status_of(tmp_path)
        assert (status.pid, status.journal.accepted_requests, status.journal.duplicates) == (
            child.pid,
            {"traces": 1},
            1,
        )
        post(str(child.ready["http"]), trace(span("b")))
    assert status_of(tmp_path).journal.accepted_requests == {"traces": 2}


def test_it_ends_cleanly_while_senders_are_connected(tmp_path: Path) -> None:
    with running(settings(tmp_path)) as child, grpc.insecure_channel(str(child.ready["grpc"])) as channel:
        grpc.channel_ready_future(channel).result(5)
        began = time.monotonic()
        child.process.send_signal(signal.SIGTERM)
        assert child.process.wait(10) == 0
        assert time.monotonic() - began < 5
    with running(settings(tmp_path)):
        pass


def test_it_brings_nothing_heavy_along(tmp_path: Path) -> None:
    """Neither the engine nor frameworks: they cost memory, and time at the start."""
    heavy = {"pyarrow", "numpy", "pandas", "chdb", "sqlalchemy", "fastapi", "starlette", "pydantic", "rich", "typer"}
    code = (
        "import sys, json, threading, os, signal\n"
        "from echoline.app import children\n"
        "import echoline.__main__\n"
        "from echoline.app.receive import receive\n"
        "def tell(ready):\n"
        "    print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "import msgspec, pathlib\n"
        "from echoline.config import Settings\n"
        "given = msgspec.json.decode(sys.argv[1], type=Settings, dec_hook=lambda kind, value: pathlib.Path(value))\n"
        "receive(given, 0, tell)\n"
    )
    given = msgspec.json.encode(settings(tmp_path), enc_hook=str).decode()
    done = subprocess.run([sys.executable, "-c", code, given], capture_output=True, text=True, check=True, timeout=20)
    assert heavy & set(json.loads(done.stdout)) == set()


@pytest.mark.parametrize("port", ["http_port", "grpc_port"])
def test_a_port_in_use_stops_the_start(tmp_path: Path, port: str) -> None:
    with running(settings(tmp_path / "first")) as child:
        address = str(child.ready[port.removesuffix("_port")])
        taken = int(address.rpartition(":")[2])
        second = settings(tmp_path / "second")
        server = replace(second.server, **{port: taken})  # type: ignore[arg-type]
        second = replace(second, server=server)
        with pytest.raises(BadConfig, match=rf"'server.{port}' = {taken}.*another program"):
            children.spawn("receive", second)


def test_a_second_receiver_on_the_same_data_is_told_who_holds_it(tmp_path: Path) -> None:
    with running(settings(tmp_path)) as child, pytest.raises(BadConfig, match=f"process id {child.pid}"):
        children.spawn("receive", settings(tmp_path))


def test_a_data_directory_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadConfig, match="'data_dir'"):
        children.spawn("receive", settings(tmp_path / "file"))


def test_others_may_send_only_with_tokens(tmp_path: Path) -> None:
    """Listening on all addresses it does not start without a token, and a revoked one ends at once."""
    given = settings(tmp_path)
    given = replace(given, server=replace(given.server, host="0.0.0.0", allowed_hosts=("localhost",)))
    with pytest.raises(BadConfig, match="echoline tokens create"):
        children.spawn("receive", given)
    path = tokens_file.path_in(tmp_path)
    tokens_file.publish(path, [TokenHash(tokens_file.sha256("secret"), ("ingest",))])
    with running(given) as child:
        url = str(child.ready["http"]).replace("0.0.0.0", "127.0.0.1")
        assert post(url, trace(span("a")), headers={"authorization": "Bearer secret"}).status == 200
        assert post(url, trace(span("a"))).status == 401
        assert post(url, trace(span("a")), headers={"authorization": "Bearer other"}).status == 401
        tokens_file.publish(path, [])
        assert post(url, trace(span("a")), headers={"authorization": "Bearer secret"}).status == 401


@pytest.mark.exclusive
def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from echoline.app import children\n"
        "from echoline.config import ServerConfig, Settings\n"
        "given = Settings(data_dir=pathlib.Path(sys.argv[1]), server=ServerConfig(grpc_port=0, http_port=0))\n"
        "print(children.spawn('receive', given).pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    wait_until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


@pytest.mark.exclusive
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd", "zstd without a size"])
def test_bombs_cost_no_more_memory_than_the_bound(tmp_path: Path, encoding: str) -> None:
    """Eight at once, each of which would become 256 MB."""
    bomb = bomb_of(encoding, 256 * MIB)
    headers = {"content-encoding": encoding.partition(" ")[0]}
    with running(settings(tmp_path, max_decompressed_bytes=32 * MIB)) as child:
        url = str(child.ready["http"])
        assert post(url, trace(span("before"))).status == 200
        before = psutil.Process(child.pid).memory_info().rss
        with ThreadPoolExecutor(8) as senders:
            answers = [senders.submit(post, url, bomb, headers=headers) for _ in range(8)]
        assert {each.result().status for each in answers} == {413}
        # What else runs at that moment, and buffers that grow by moving, took up to 20 MB.
        assert peak_bytes(child.pid) - before < 32 * MIB + 8 * len(bomb) + 24 * MIB
        assert post(url, trace(span("after"))).status == 200


def bomb_of(encoding: str, size: int) -> bytes:
    if encoding == "zstd without a size":
        return zstandard.ZstdCompressor(write_content_size=False).compress(bytes(size))
    return compressed(bytes(size), encoding)  # type: ignore[arg-type]


def peak_bytes(pid: int) -> int:
    """The most memory a process ever had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
