import socket

import pytest

from echoline.app.sockets import address_of, listening
from echoline.config import ServerConfig
from echoline.errors import BadConfig


def test_port_0_is_a_free_one() -> None:
    with listening(ServerConfig(http_port=0), "http_port", "OTLP/HTTP") as bound:
        assert bound.getsockname()[1] > 0


def test_a_port_in_use_is_named_with_its_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadConfig, match=rf"'server.api_port' = {port}: API .* another program"):
            listening(ServerConfig(api_port=port), "api_port", "API")


@pytest.mark.parametrize("host", ["192.0.2.7", "no such host"])
def test_an_address_that_is_not_ours_is_named_with_its_setting(host: str) -> None:
    with pytest.raises(BadConfig, match=rf"'server.host' = '{host}'"):
        listening(ServerConfig(host=host, http_port=0), "http_port", "OTLP/HTTP")


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80"), ("localhost", "localhost:80")]
)
def test_addresses_are_spelled_as_in_urls(host: str, address: str) -> None:
    assert address_of(host, 80) == address
