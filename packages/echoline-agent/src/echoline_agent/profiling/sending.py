"""Posts OTLP requests of its own and keeps off a receiver that does not want them."""

import gzip
import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from echoline_agent.settings import ENDPOINT

PROFILES_PATH = "/v1development/profiles"
LOGS_PATH = "/v1/logs"
_TRACES_PATH = "/v1/traces"

_LEVEL = 1
_FIRST_PAUSE_S = 10.0
_LONGEST_PAUSE_S = 600.0
# 404 and 501: no receiver of this signal; it may get one with its next release, so we ask again much later.
_UNKNOWN = frozenset({404, 405, 501})


@dataclass(frozen=True)
class Target:
    """Where OTLP of one signal goes."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 10.0


def target(signal: str, path: str, environ: Mapping[str, str]) -> Target | None:
    """The target that OpenTelemetry's own variables name; None when they send traces elsewhere than over OTLP/HTTP.

    Where only traces have an endpoint of their own, the other signals go to the same receiver.
    """
    own = environ.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT", "").strip()
    protocol = environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    is_http = (protocol or "http/protobuf").startswith("http/")
    if not own and (environ.get("OTEL_TRACES_EXPORTER", "").strip() not in {"", "otlp"} or not is_http):
        return None
    traces = environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "").strip().removesuffix(_TRACES_PATH)
    base = environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip() or traces or ENDPOINT
    return Target(own or base.rstrip("/") + path, _headers(environ))


def _headers(environ: Mapping[str, str]) -> dict[str, str]:
    pairs = (pair.split("=", 1) for pair in environ.get("OTEL_EXPORTER_OTLP_HEADERS", "").split(",") if "=" in pair)
    return {name.strip(): urllib.parse.unquote(value.strip()) for name, value in pairs}


@dataclass
class Sender:
    """Sends to one target. What is offered while it pauses is refused at once, and counted."""

    target: Target
    now: Callable[[], float] = time.monotonic
    refused: int = 0
    _until: float = 0.0
    _pause_s: float = _FIRST_PAUSE_S

    def is_paused(self) -> bool:
        return self.now() < self._until

    def send(self, body: bytes, timeout_s: float | None = None) -> bool:
        """Posts a request; False when it was not taken. Never raises for what a network does."""
        if self.is_paused():
            self.refused += 1
            return False
        try:
            with urllib.request.urlopen(self._request(body), timeout=timeout_s or self.target.timeout_s) as answer:  # noqa: S310
                answer.read(65_536)
        except urllib.error.HTTPError as error:
            with error:
                self._pause(
                    _LONGEST_PAUSE_S if error.code in _UNKNOWN else _asked_for(error.headers.get("Retry-After"))
                )
            return False
        except (OSError, ValueError, http.client.HTTPException):
            self._pause(None)
            return False
        self._pause_s = _FIRST_PAUSE_S
        return True

    def _request(self, body: bytes) -> urllib.request.Request:
        headers = {**self.target.headers, "Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
        return urllib.request.Request(self.target.url, gzip.compress(body, _LEVEL), headers, method="POST")  # noqa: S310

    def _pause(self, asked_s: float | None) -> None:
        self.refused += 1
        self._until = self.now() + (self._pause_s if asked_s is None else asked_s)
        self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)


def _asked_for(retry_after: str | None) -> float | None:
    try:
        return min(max(float(retry_after or ""), 1.0), _LONGEST_PAUSE_S)
    except ValueError:
        return None
