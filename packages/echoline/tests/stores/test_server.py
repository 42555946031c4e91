import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from echoline.errors import BadConfig, BadInput, Busy, Unavailable
from echoline.stores.client import Client
from echoline.stores.engine import Engine
from echoline.stores.protocol import receive_answer, send_question, socket_path
from echoline.stores.server import MAX_CONNECTIONS, Server

SLOW = "SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1"


def blocks(_: Mapping[str, object]) -> Iterator[bytes]:
    yield from (b"one", b"", b"two")


def breaks(_: Mapping[str, object]) -> Iterator[bytes]:
    yield b"one"
    raise Unavailable("no more")


OPERATIONS = {
    "echo": lambda question: question,
    "blocks": blocks,
    "breaks": breaks,
    "bug": lambda _: 1 / 0,
    "settings": lambda _: (_ for _ in ()).throw(BadConfig("no")),
}


@pytest.fixture
def server(opened: Engine, tmp_path: Path) -> Iterator[Server]:
    server = Server(socket_path(tmp_path), opened, OPERATIONS, threads=2, timeout_s=20)
    yield server
    server.close()


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    client = Client(server.path)
    yield client
    client.close()


def running(engine: Engine) -> int:
    found = engine.rows(
        "SELECT count() AS n FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%processes%'"
    )
    return int(str(found[0]["n"]))


def wait_until(engine: Engine, queries: int) -> None:
    until = time.monotonic() + 5
    while running(engine) != queries:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_query_is_answered_as_a_table(client: Client) -> None:
    found = client.query("SELECT {x:String} AS x, number FROM numbers(2)", {"x": "a\\n\0"})
    assert found.to_pylist() == [{"x": "a\\n\0", "number": 0}, {"x": "a\\n\0", "number": 1}]


def test_an_empty_answer_has_its_columns(client: Client) -> None:
    assert client.query("SELECT name FROM spans").column_names == ["name"]


def test_errors_arrive_as_what_they_were(client: Client) -> None:
    with pytest.raises(BadInput, match="nothing") as found:
        client.query("SELECT nothing")
    assert found.value.reason == "engine_47"
    with pytest.raises(Busy):
        client.query("SELECT groupArray(number) FROM numbers(100000000)", memory_bytes=50_000_000)
    with pytest.raises(Unavailable, match="longer than its limit"):
        client.query(SLOW, timeout_s=0.2)
    with pytest.raises(BadConfig):
        client.operate("settings")


def test_an_operation_gets_its_arguments_and_may_answer_in_blocks(client: Client) -> None:
    assert client.operate("echo", a=1) == {"op": "echo", "a": 1}
    assert b"".join(client.stream("blocks")) == b"onetwo"


def test_what_goes_wrong_leaves_the_connection_usable(client: Client) -> None:
    with pytest.raises(Unavailable, match="ZeroDivisionError"):
        client.operate("bug")
    with pytest.raises(Unavailable, match="no more"):
        list(client.stream("breaks"))
    with pytest.raises(BadInput, match="unknown operation"):
        client.operate("dance")
    assert client.operate("echo") == {"op": "echo"}


def test_a_query_ends_when_its_asker_goes_away(server: Server, opened: Engine) -> None:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(server.path))
    send_question(connection, {"op": "query", "sql": SLOW, "params": {}})
    wait_until(opened, 1)
    connection.close()
    wait_until(opened, 0)


def test_a_waiting_query_ends_when_its_asker_goes_away(server: Server, opened: Engine) -> None:
    askers = [socket.socket(socket.AF_UNIX) for _ in range(3)]
    for asker in askers:
        asker.connect(str(server.path))
        send_question(asker, {"op": "query", "sql": SLOW, "params": {}})
    wait_until(opened, 2)
    for asker in reversed(askers):
        asker.close()
    wait_until(opened, 0)


def test_a_query_is_cancelled_from_another_connection(client: Client, opened: Engine) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.query, SLOW, query_id="mine")
        wait_until(opened, 1)
        client.cancel("mine")
        with pytest.raises(Unavailable, match="cancelled"):
            answer.result(5)


def test_many_threads_share_a_client(client: Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda x: client.query("SELECT {x:Int64} AS x", {"x": x}).to_pylist()[0]["x"], range(100))
        )
    assert found == list(range(100))


def test_a_client_finds_the_engine_again(opened: Engine, tmp_path: Path) -> None:
    client = Client(socket_path(tmp_path))
    for _ in range(2):
        server = Server(socket_path(tmp_path), opened, {}, threads=1, timeout_s=20)
        assert client.query("SELECT 1 AS x").num_rows == 1
        server.close()
        with pytest.raises(Unavailable):
            client.query("SELECT 1")
    client.close()


def test_closing_ends_what_runs(opened: Engine, tmp_path: Path) -> None:
    server = Server(socket_path(tmp_path), opened, {}, threads=1, timeout_s=20)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(Client(server.path).query, SLOW)
        wait_until(opened, 1)
        server.close()
        with pytest.raises(Unavailable):
            answer.result(5)
    assert running(opened) == 0


@pytest.mark.parametrize("raw", [b"\xff\xff\xff\xff", b"\0\0\0\1[", b"\0\0\0\2[]", b"\0\0\0\5{}"])
def test_garbage_is_answered_or_ends_and_harms_nobody(server: Server, client: Client, raw: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(server.path))
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(5)
        connection.recv(100)
    assert client.operate("echo") == {"op": "echo"}


def test_connections_beyond_the_limit_are_told_so(server: Server) -> None:
    connections = [socket.socket(socket.AF_UNIX) for _ in range(MAX_CONNECTIONS + 1)]
    for connection in connections:
        connection.connect(str(server.path))
    assert b"Busy" in receive_answer(connections[-1])[1]
    for connection in connections:
        connection.close()


def test_the_socket_is_private_and_its_path_short(tmp_path: Path, server: Server) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    path = socket_path(deep)
    assert path == socket_path(deep)
    assert len(os.fsencode(path)) <= 100
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert server.path.stat().st_mode & 0o777 == 0o600
    path.parent.rmdir()


def test_a_short_folder_for_the_socket_goes_with_it(tmp_path: Path, opened: Engine) -> None:
    deep = tmp_path / ("z" * 120)
    for path, stays in ((socket_path(deep), False), (socket_path(tmp_path), True)):
        Server(path, opened, {}, threads=1, timeout_s=20).close()
        assert not path.exists()
        assert path.parent.exists() == stays


def test_a_folder_of_somebody_else_is_no_place_for_the_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("y" * 120)
    folder = socket_path(deep).parent
    folder.chmod(0o755)
    with pytest.raises(BadConfig, match="private"):
        socket_path(deep)
    folder.rmdir()


def test_a_hanging_question_does_not_stop_others(server: Server, client: Client) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(server.path))
        connection.sendall(b"\0\0\1")
        assert client.query("SELECT 1 AS x").num_rows == 1
    assert threading.active_count() < 100
