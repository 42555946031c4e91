"""Sends as exporters do: keeps a body until it is acknowledged, and sends it again after what may pass."""

import http.client
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from receiving import PROTOBUF, Answer

RETRYABLE = (429, 502, 503, 504)


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


def wait_until(is_so: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """Waits for something that comes by itself."""
    until_s = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < until_s, "it did not happen"
        time.sleep(0.02)


@dataclass
class Sender:
    """Sends bodies in order from a thread of its own, each until it is acknowledged."""

    url: str
    bodies: Sequence[bytes]
    chance: random.Random
    acknowledged: int = 0
    attempts: int = 0
    is_stopped: bool = False
    _thread: threading.Thread = field(init=False)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)
        assert not self._thread.is_alive(), f"{self.acknowledged} of {len(self.bodies)} acknowledged"

    def _run(self) -> None:
        for body in self.bodies:
            while not self._is_taken(body):
                time.sleep(self.chance.uniform(0.005, 0.03))
            self.acknowledged += 1

    def _is_taken(self, body: bytes) -> bool:
        self.attempts += 1
        try:
            status = post(self.url, body).status
        except (OSError, http.client.HTTPException):
            return False
        assert status == 200 or status in RETRYABLE, status
        return status == 200
