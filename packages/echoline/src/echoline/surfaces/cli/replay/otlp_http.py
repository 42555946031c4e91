"""Sends export requests over OTLP/HTTP, as binary protobuf on one kept connection."""

import http.client
import socket
import urllib.parse
from dataclasses import dataclass, field

from echoline.errors import BadConfig
from echoline.model.records import Signal
from echoline.surfaces.cli.replay.answers import Answer, Away, Refused, acknowledged, status_message

# The OTLP specification's list of what is worth another try.
RETRYABLE = {429, 502, 503, 504}
TIMEOUT_S = 30.0


@dataclass
class OtlpHttp:
    """One receiver. `url` is its root, like http://127.0.0.1:4318; `/v1/traces` and its sisters are below it."""

    url: str
    token: str | None = None
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def send(self, signal: Signal, body: bytes) -> Answer:
        """Posts one body and waits for the answer; whatever the network does is told as Away."""
        try:
            return self._post(signal, body)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Away(f"{self.url}: {_reason(error)}")

    def close(self) -> None:
        """Lets go of the connection; the next send makes another."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _post(self, signal: Signal, body: bytes) -> Answer:
        root = urllib.parse.urlsplit(self.url)
        if self._connection is None:
            self._connection = _connection(root)
        headers = {"Content-Type": "application/x-protobuf"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        path = "/v1development/profiles" if signal == "profiles" else f"/v1/{signal}"
        self._connection.request("POST", f"{root.path.rstrip('/')}{path}", body, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status in RETRYABLE:
            return Away(f"HTTP {response.status} {status_message(content)}", _seconds(response.headers["Retry-After"]))
        if response.status >= 300:
            return Refused(f"HTTP {response.status} {status_message(content)}")
        return acknowledged(content)


def _connection(root: urllib.parse.SplitResult) -> http.client.HTTPConnection:
    if root.scheme not in ("http", "https") or not root.hostname:
        raise BadConfig(f"--to {root.geturl()!r}: expected the address of an OTLP receiver like http://127.0.0.1:4318")
    kind = http.client.HTTPSConnection if root.scheme == "https" else http.client.HTTPConnection
    return kind(root.hostname, root.port, timeout=TIMEOUT_S)


def _seconds(retry_after: str | None) -> float | None:
    """The delay that a server asks for; its other form, a date, is rare and left to the backoff."""
    try:
        return max(0.0, float(retry_after)) if retry_after else None
    except ValueError:
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, socket.gaierror):
        return "unknown host name"
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT_S:.0f} s"
    return str(error) or type(error).__name__
