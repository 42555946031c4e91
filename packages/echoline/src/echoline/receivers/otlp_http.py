"""OTLP/HTTP: requests in protobuf and JSON, as a plain ASGI application."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from echoline import browsers
from echoline.compression import TOO_LARGE
from echoline.config import ReceiveConfig, ServerConfig
from echoline.errors import BadInput, EcholineError, Unavailable
from echoline.model.records import Request
from echoline.model.tokens import Verdict
from echoline.receivers.otlp import answers, http_request
from echoline.receivers.otlp.answers import Refusal
from echoline.receivers.otlp.counts import Counts
from echoline.receivers.otlp.http_request import Asked, Headers, Refused
from echoline.receivers.otlp.memory import Claim, Memory
from echoline.receivers.otlp.screening import Screened, screen, screen_small
from echoline.receivers.otlp.wakeups import Wakeups

if TYPE_CHECKING:  # it brings pyarrow, which the receiving process does without
    from echoline.kinds import Accept

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_READ_TIMEOUT_S = 60.0
# Large bodies are undone by one thread, one after the other, so that bombs do not add up.
_LARGE_AT_ONCE = 1


class _Gone(Exception):
    """The sender went away before its request was whole."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    content_type: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


class OtlpHttp:
    """An ASGI application that acknowledges a request after the journal has it. All its requests run in one loop."""

    def __init__(
        self,
        accept: "Accept",
        config: ReceiveConfig,
        server: ServerConfig,
        authorise: Callable[[str | None], Verdict],
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """`authorise` judges an Authorization header; `clock` gives nanoseconds since 1970."""
        self._accept, self._config, self._authorise, self._clock = accept, config, authorise, clock
        self._browsers = browsers.Browsers(server)
        self._large = ThreadPoolExecutor(_LARGE_AT_ONCE, thread_name_prefix="screening")
        self._wakeups: Wakeups | None = None
        self._memory = Memory(config.max_queue_bytes)
        self.counts = Counts()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One request, in ASGI's terms."""
        if scope["type"] != "http":
            return
        headers: Headers = dict(scope["headers"])
        try:
            answer = await self._answer(scope, headers, receive)
        except _Gone:
            self.counts.refuse("disconnected")
            return
        except Refused as refused:
            answer = self._refuse(refused.refusal, headers)
        except EcholineError as error:
            answer = self._refuse(answers.refusal(error), headers)
        except asyncio.CancelledError:  # our process ends; the sender is to try again
            answer = self._refuse(answers.refusal(Unavailable("the receiver is ending; ask again")), headers)
        await _send(send, answer, self._cors(headers))

    def close(self) -> None:
        """Ends the thread for large bodies; no request runs any more."""
        self._large.shutdown()

    async def _answer(self, scope: MutableMapping[str, Any], headers: Headers, receive: Receive) -> _Answer:
        http_request.check_browser(headers, self._browsers)
        if scope["method"] == "OPTIONS" and b"origin" in headers:
            allowed = browsers.preflight(headers.get(b"access-control-request-headers", b""))
            return _Answer(204, b"", "", tuple(allowed))
        asked = http_request.asked(scope["method"], scope["path"], headers, self._authorise)
        with self._memory.claim() as claim:
            return await self._take(asked, await self._body(headers, receive, claim))

    async def _take(self, asked: Asked, body: bytes) -> _Answer:
        """Screens and journals one request."""
        screened = await self._screen(asked, body)
        request = Request(asked.signal, asked.wire_format, asked.encoding, body, self._clock(), screened.expanded_bytes)
        if self._wakeups is None:
            self._wakeups = Wakeups(asyncio.get_running_loop())
        await self._wakeups.wait(self._accept(request))
        structure = screened.structure
        if structure.rejected:
            self.counts.reject(structure.rejected)
        content_type = answers.CONTENT_TYPES[asked.wire_format]
        return _Answer(200, answers.success_body(asked.signal, asked.wire_format, structure), content_type)

    async def _body(self, headers: Headers, receive: Receive, claim: Claim) -> bytes:
        limit = self._config.max_body_bytes
        told = headers.get(b"content-length", b"")
        if told.isdigit() and int(told) > limit:
            raise _too_large(limit)
        first, is_whole = await _next_part(receive)
        claim.add(len(first))
        parts, size = [first], len(first)
        try:
            async with asyncio.timeout(None if is_whole else _READ_TIMEOUT_S):
                while not is_whole and size <= limit:
                    part, is_whole = await _next_part(receive)
                    claim.add(len(part))
                    parts.append(part)
                    size += len(part)
        except TimeoutError as error:
            message = f"the body was not there after {_READ_TIMEOUT_S:g} s"
            raise Refused(Refusal("slow", message, 408, answers.UNAVAILABLE)) from error
        if size > limit:
            raise _too_large(limit)
        return b"".join(parts)

    async def _screen(self, asked: Asked, body: bytes) -> Screened:
        parts = (asked.signal, asked.wire_format, asked.encoding, body, self._config.max_decompressed_bytes)
        screened = screen_small(*parts)
        if screened is None:
            screened = await asyncio.get_running_loop().run_in_executor(self._large, screen, *parts)
        return screened

    def _refuse(self, refusal: Refusal, headers: Headers) -> _Answer:
        self.counts.refuse(refusal.reason)
        wire_format = http_request.format_of(headers)
        body = answers.refusal_body(refusal, wire_format)
        more = (*answers.retry_after(refusal), *refusal.headers)
        return _Answer(refusal.http_status, body, answers.CONTENT_TYPES[wire_format], more)

    def _cors(self, headers: Headers) -> list[tuple[bytes, bytes]]:
        origin, host = headers.get(b"origin"), headers.get(b"host", b"")
        if origin is None or not self._browsers.is_origin_allowed(origin.decode("latin-1"), host.decode("latin-1")):
            return []
        return browsers.cors(origin)


async def _next_part(receive: Receive) -> tuple[bytes, bool]:
    """A part of the body and whether it was the last. Raises _Gone."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise _Gone
    return message.get("body", b""), not message.get("more_body", False)


async def _send(send: Send, answer: _Answer, cors: list[tuple[bytes, bytes]]) -> None:
    headers = [*answer.headers, *cors, (b"content-length", b"%d" % len(answer.body))]
    if answer.content_type:
        headers.append((b"content-type", answer.content_type.encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _too_large(limit: int) -> BadInput:
    return BadInput(f"the body is larger than {limit} bytes", reason=TOO_LARGE)
