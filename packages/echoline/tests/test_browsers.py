from collections.abc import Iterator

import pytest

from echoline.browsers import Browsers
from echoline.config import ServerConfig
from receiving import JSON, Receiving, receiving

# Host, Origin, and the status of the answer.
PAGES = [
    ("localhost:4318", None, 200),
    ("127.0.0.1:4318", None, 200),
    ("[::1]:4318", None, 200),
    ("LOCALHOST", None, 200),
    ("otel.example:4318", None, 200),
    ("evil.example", None, 421),
    ("127.0.0.1.evil.example", None, 421),
    ("192.0.2.7:4318", None, 421),
    ("", None, 421),
    ("localhost:4318", "http://localhost:4318", 200),
    ("localhost:4318", "https://shop.example", 200),
    ("localhost:4318", "https://evil.example", 403),
    ("localhost:4318", "http://localhost:9999", 403),
    ("localhost:4318", "null", 403),
]


@pytest.fixture(scope="module")
def restricted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiving]:
    server = ServerConfig(allowed_hosts=("otel.example",), allowed_origins=("https://shop.example",))
    with receiving(tmp_path_factory.mktemp("journal"), server=server) as running:
        yield running


@pytest.mark.parametrize(("host", "origin", "status"), PAGES)
def test_only_known_hosts_and_origins_may_send(
    restricted: Receiving, host: str, origin: str | None, status: int
) -> None:
    headers = {**JSON, "host": host, **({"origin": origin} if origin else {})}
    answer = restricted.post(b"{}", headers=headers)
    assert answer.status == status
    readable = answer.headers.get("access-control-allow-origin")
    assert readable == (origin if status == 200 else None)


@pytest.mark.parametrize(("origin", "status"), [("https://shop.example", 204), ("https://evil.example", 403)])
def test_a_browser_that_asks_first_is_told(restricted: Receiving, origin: str, status: int) -> None:
    headers = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-a",
    }
    answer = restricted.post(b"", "/v1/traces", headers, "OPTIONS")
    assert answer.status == status
    allowed = [answer.headers.get(f"access-control-allow-{name}") for name in ("origin", "methods", "headers")]
    assert allowed == ([origin, "POST", "content-type,x-a"] if status == 204 else [None, None, None])


@pytest.mark.parametrize(
    ("host", "allowed"), [("192.0.2.7:4318", True), ("[2001:db8::1]", True), ("evil.example", False)]
)
def test_listening_everywhere_any_address_may_be_named_but_no_other_name(host: str, allowed: bool) -> None:
    assert Browsers(ServerConfig(host="0.0.0.0")).is_host_allowed(host) is allowed


def test_the_address_that_is_listened_on_may_be_named() -> None:
    assert Browsers(ServerConfig(host="192.0.2.7")).is_host_allowed("192.0.2.7:4318")
