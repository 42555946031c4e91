"""Receivers for tests: the real ones, on free ports, in threads of the test's own process."""

import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from echoline.app import http_server, sockets
from echoline.config import ReceiveConfig, ServerConfig
from echoline.journal.reader import read
from echoline.journal.writer import Writer
from echoline.model.records import START, Request
from echoline.model.tokens import Verdict
from echoline.receivers.otlp_grpc import OtlpGrpc
from echoline.receivers.otlp_http import OtlpHttp

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}
EVERYTHING = 1 << 40


@dataclass(frozen=True)
class Answer:
    """What came back: header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Receiving:
    """Both receivers over one journal."""

    http: OtlpHttp
    grpc: OtlpGrpc
    writer: Writer
    folder: Path
    http_port: int
    grpc_port: int

    def post(
        self, body: bytes, path: str = "/v1/traces", headers: Mapping[str, str] = PROTOBUF, method: str = "POST"
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=20)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            content = answer.read()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)
        finally:
            connection.close()

    def journalled(self) -> list[Request]:
        """Every request in the journal."""
        return [record.request for record in read(self.folder, START, max_bytes=EVERYTHING)]


def anybody(authorization: str | None) -> Verdict:
    """Lets everybody in."""
    return "allowed"


@contextmanager
def receiving(
    folder: Path,
    config: ReceiveConfig | None = None,
    server: ServerConfig | None = None,
    authorise: Callable[[str | None], Verdict] = anybody,
) -> Iterator[Receiving]:
    """Receivers that listen until the end of the block."""
    config, server = config or ReceiveConfig(), server or ServerConfig(http_port=0, grpc_port=0)
    writer = Writer(folder, config)
    http_app = OtlpHttp(writer.append, config, server, authorise)
    grpc_receiver = OtlpGrpc(writer.append, config, authorise)
    with _listening(http_app, server) as http_port:
        grpc_port = grpc_receiver.listen("127.0.0.1:0")
        yield Receiving(http_app, grpc_receiver, writer, folder, http_port, grpc_port)
        grpc_receiver.close(1.0)
    http_app.close()
    writer.close()


@contextmanager
def _listening(app: OtlpHttp, config: ServerConfig) -> Iterator[int]:
    is_ready = threading.Event()
    bound = sockets.listening(ServerConfig(http_port=0), "http_port", "OTLP/HTTP")
    server = http_server.server(app, is_ready.set)
    thread = threading.Thread(target=lambda: uvloop.run(server.serve(sockets=[bound])))
    thread.start()
    assert is_ready.wait(10)
    try:
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        bound.close()
