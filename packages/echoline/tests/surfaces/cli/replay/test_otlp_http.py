import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from echoline.errors import BadConfig
from echoline.model.records import SIGNALS
from echoline.surfaces.cli.replay.answers import Acknowledged, Away, Refused
from echoline.surfaces.cli.replay.otlp_http import OtlpHttp


class Receiver(ThreadingHTTPServer):
    """Answers every POST with `answer`, and keeps what it got."""

    answer: tuple[int, dict[str, str], bytes] = (200, {}, b"")
    got: list[tuple[str, str | None, bytes]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, self.headers["Authorization"], body))
        status, headers, content = self.server.answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(("127.0.0.1", 0), Handler) as server:
        server.got = []
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def sender(receiver: Receiver) -> Iterator[OtlpHttp]:
    made = OtlpHttp(receiver.url, "secret")
    yield made
    made.close()


def test_bodies_go_unchanged_to_the_path_of_their_signal(receiver: Receiver, sender: OtlpHttp) -> None:
    paths = {"traces": "/v1/traces", "metrics": "/v1/metrics", "profiles": "/v1development/profiles"}
    assert [sender.send(signal, b"one") for signal in SIGNALS if signal in paths] == [Acknowledged()] * 3
    assert receiver.got == [(path, "Bearer secret", b"one") for path in paths.values()]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_full_receiver_is_away_for_as_long_as_it_says(receiver: Receiver, sender: OtlpHttp, status: int) -> None:
    receiver.answer = (status, {"Retry-After": "3"}, b"\x12\x04full")
    assert sender.send("logs", b"") == Away(f"HTTP {status} full", 3.0)


def test_a_date_as_delay_is_left_to_the_backoff(receiver: Receiver, sender: OtlpHttp) -> None:
    receiver.answer = (503, {"Retry-After": "Sun, 22 Nov 2026 10:00:00 GMT"}, b"")
    assert sender.send("logs", b"") == Away("HTTP 503 ", None)


def test_other_answers_are_refusals(receiver: Receiver, sender: OtlpHttp) -> None:
    receiver.answer = (400, {}, b"\x12\x0bno protobuf")
    assert sender.send("logs", b"") == Refused("HTTP 400 no protobuf")


def test_nobody_there_is_away(sender: OtlpHttp, receiver: Receiver) -> None:
    url = receiver.url
    receiver.shutdown()
    receiver.server_close()
    assert sender.send("logs", b"") == Away(f"{url}: connection refused")


def test_an_address_that_is_none_is_bad_usage() -> None:
    with pytest.raises(BadConfig, match="expected the address of an OTLP receiver"):
        OtlpHttp("localhost:4318").send("logs", b"")
