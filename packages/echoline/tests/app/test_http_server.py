import signal
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from echoline.app import children
from echoline.config import ServerConfig, Settings
from echoline.errors import BadConfig

HEAD = b"POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, server=ServerConfig(grpc_port=0, http_port=0))


def address(child: children.Child) -> tuple[str, int]:
    host, _, port = str(child.ready["http"]).removeprefix("http://").rpartition(":")
    return host.strip("[]"), int(port)


def has_version_6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_answered_before_the_end(settings: Settings, told: signal.Signals) -> None:
    child = children.spawn("receive", settings)
    with socket.create_connection(address(child)) as under_way, socket.create_connection(address(child)) as idle:
        under_way.sendall(HEAD + b"{")
        time.sleep(0.1)
        child.process.send_signal(told)
        time.sleep(0.3)
        under_way.sendall(b"}")
        assert under_way.recv(1000).startswith(b"HTTP/1.1 200 ")
        assert idle.recv(1000) == b""
    child.stop()
    assert child.process.returncode == 0


def test_a_request_that_does_not_end_is_told_to_come_again(settings: Settings) -> None:
    """Some seconds after we were told to end."""
    child = children.spawn("receive", settings)
    with socket.create_connection(address(child)) as under_way:
        under_way.sendall(HEAD + b"{")
        time.sleep(0.1)
        child.stop()
        assert under_way.recv(1000).startswith(b"HTTP/1.1 503 ")
    assert child.process.returncode == 0


def test_addresses_of_ip_version_6_are_served(settings: Settings) -> None:
    """Where the machine has them; elsewhere the start says so."""
    given = replace(settings, server=replace(settings.server, host="::1"))
    if not has_version_6():
        with pytest.raises(BadConfig, match=r"'server\.host'"):
            children.spawn("receive", given)
        return
    child = children.spawn("receive", given)
    with socket.create_connection(address(child)) as connection:
        connection.sendall(HEAD.replace(b"localhost", b"[::1]:4318") + b"{}")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    child.stop()
    assert str(child.ready["grpc"]).startswith("[::1]:")
