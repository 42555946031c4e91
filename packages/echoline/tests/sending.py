"""Sends as exporters do: keeps a body until it is acknowledged, and sends it again after what may pass."""

import http.client
import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import grpc

from builders import compressed
from echoline.model.records import Encoding, Signal
from receiving import PROTOBUF, Answer

METHODS: Mapping[Signal, str] = {
    "traces": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "logs": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    "metrics": "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    "profiles": "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
}
PATHS: Mapping[Signal, str] = {
    "traces": "/v1/traces",
    "logs": "/v1/logs",
    "metrics": "/v1/metrics",
    "profiles": "/v1development/profiles",
}
RETRYABLE = (429, 502, 503, 504)
RETRYABLE_CODES = ("CANCELLED", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "UNAVAILABLE")


def post(url: str, body: bytes, path: str = "/v1/traces", headers: Mapping[str, str] | None = None) -> Answer:
    """One request in protobuf on a connection of its own. Raises OSError or HTTPException without an answer."""
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=20)
    try:
        connection.request("POST", path, body, {**PROTOBUF, **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)
    finally:
        connection.close()


class Send(Protocol):
    """Sends a body; whether it was acknowledged. Fails for an answer after which an exporter would drop it."""

    def __call__(self, body: bytes, signal: Signal = "traces") -> bool: ...


def over_http(url: str, encoding: Encoding = "identity") -> Send:
    """On a connection for each body."""

    def send(body: bytes, signal: Signal = "traces") -> bool:
        try:
            status = post(url, compressed(body, encoding), PATHS[signal], {"content-encoding": encoding}).status
        except (OSError, http.client.HTTPException):
            return False
        assert status == 200 or status in RETRYABLE, status
        return status == 200

    return send


def over_grpc(address: str) -> Send:
    """On one channel for all."""
    channel = grpc.insecure_channel(address, options=[("grpc.max_reconnect_backoff_ms", 100)])
    calls: dict[Signal, Any] = {signal: channel.unary_unary(method) for signal, method in METHODS.items()}

    def send(body: bytes, signal: Signal = "traces") -> bool:
        try:
            calls[signal](body, timeout=10)
        except grpc.RpcError as error:
            code = error.code()
            assert code.name in RETRYABLE_CODES, code
            return False
        return True

    return send


@dataclass
class Sender:
    """Sends bodies in order from a thread of its own, each until it is acknowledged."""

    send: Send
    bodies: Sequence[bytes]
    chance: random.Random
    acknowledged: int = 0
    _thread: threading.Thread = field(init=False)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)
        assert self.acknowledged == len(self.bodies)

    def _run(self) -> None:
        for body in self.bodies:
            while not self.send(body):
                time.sleep(self.chance.uniform(0.005, 0.03))
            self.acknowledged += 1
