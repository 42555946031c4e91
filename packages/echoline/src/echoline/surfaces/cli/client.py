"""Asks a server over HTTP and turns whatever goes wrong into one of the four errors, in words for a person."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, TypeVar

import msgspec

from echoline.config import ServerConfig
from echoline.errors import BadConfig, BadInput, Busy, EcholineError, Unavailable

# A server ends its own queries before; this is for one that is stuck.
TIMEOUT_S = 60.0
Answer = TypeVar("Answer")
Value = str | int | float | bool | None


@dataclass(frozen=True)
class Server:
    """One server's API; `url` is its root, like http://127.0.0.1:4319."""

    url: str
    token: str | None = None

    def get(self, path: str, kind: type[Answer], params: Mapping[str, Value | list[str]] | None = None) -> Answer:
        """The answer to GET /api/v1/PATH; parameters that are None are left out.

        Raises BadInput, BadConfig (the token), Busy or Unavailable.
        """
        return self._read("GET", path, kind, params=params)

    def send(
        self,
        method: str,
        path: str,
        kind: type[Answer],
        body: object = None,
        params: Mapping[str, Value | list[str]] | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> Answer:
        """The answer to POST or DELETE. Raises like `get`."""
        return self._read(method, path, kind, body=body, params=params, timeout_s=timeout_s)

    @contextmanager
    def opened(
        self,
        method: str,
        path: str,
        params: Mapping[str, Value | list[str]] | None = None,
        body: object = None,
        timeout_s: float = TIMEOUT_S,
    ) -> Iterator[IO[bytes]]:
        """The answer as a stream, for what is long or never ends. Raises like `get`."""
        opener = _opener(self.url)
        request = urllib.request.Request(_address(self.url, path, params), method=method)  # noqa: S310 - checked above
        if body is not None:
            request.data = msgspec.json.encode(body)
            request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with opener.open(request, timeout=timeout_s) as response:
                yield response
        except urllib.error.HTTPError as error:
            raise _refused(error, self.url) from error
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"no Echoline answers at {self.url}: {_reason(error)}") from error

    def _read(self, method: str, path: str, kind: type[Answer], **options: Any) -> Answer:
        with self.opened(method, path, **options) as response:
            content = response.read()
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.DecodeError as error:
            raise Unavailable(f"{self.url} is no Echoline of this version: {error}") from error


def _address(url: str, path: str, params: Mapping[str, Value | list[str]] | None) -> str:
    given = {name: _text(value) for name, value in (params or {}).items() if value not in (None, [])}
    query = urllib.parse.urlencode(given, doseq=True)
    return f"{url.rstrip('/')}/api/v1/{path}" + (f"?{query}" if query else "")


def _text(value: Value | list[str]) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Without the proxies of the environment where the server is on this machine."""
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise BadConfig(f"server URL {url!r}: expected one like http://127.0.0.1:4319")
    host = urllib.parse.urlsplit(url).hostname or ""
    is_here = host in ("localhost", "::1") or host.startswith("127.")
    return urllib.request.build_opener(urllib.request.ProxyHandler({})) if is_here else urllib.request.build_opener()


def _refused(error: urllib.error.HTTPError, url: str) -> EcholineError:
    words = _words(error)
    match error.code:
        case 404 if "OTLP goes to" in words:
            return BadInput(f"{url} takes OTLP; the API has a port of its own, usually {ServerConfig().api_port}")
        case 401:
            return BadConfig(f"{url} wants a token; set ECHOLINE_TOKEN or give --token ({words})")
        case 403:
            return BadConfig(f"{url} refuses: {words}")
        case 429:
            return Busy(f"{url} is busy: {words}")
        case code if code >= 500:
            return Unavailable(f"{url} failed: {words}")
    return BadInput(words)


def _words(error: urllib.error.HTTPError) -> str:
    """What the server says: the `detail`, `error` or `message` of a JSON answer, else its first words."""
    content = error.read().decode("utf-8", "replace")
    try:
        answer = json.loads(content)
    except ValueError:
        return content[:200].strip() or error.reason
    detail = (
        answer.get("detail", answer.get("error", answer.get("message", answer))) if isinstance(answer, dict) else answer
    )
    return detail if isinstance(detail, str) else json.dumps(detail)


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ConnectionRefusedError):
        return "connection refused"
    if isinstance(cause, TimeoutError):
        return f"nothing within {TIMEOUT_S:g} s"
    return str(cause) or type(cause).__name__
