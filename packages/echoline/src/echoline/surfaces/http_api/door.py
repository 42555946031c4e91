"""What every request passes first: Host, Origin, size, and headers that keep browsers from doing harm. Plain ASGI."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from echoline import browsers
from echoline.browsers import Browsers
from echoline.surfaces.http_api.problems import problem

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

MAX_BODY_BYTES = 4 << 20
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    # What programs tell of themselves is for those who may ask, not for caches on the way.
    (b"cache-control", b"no-store"),
)
_READING = ("GET", "HEAD", "OPTIONS")


class Door:
    """Wraps an application."""

    def __init__(self, inner: Application, allowed: Browsers) -> None:
        self._inner, self._allowed = inner, allowed

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request, in ASGI's terms."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        headers = dict(scope["headers"])
        host, origin = headers.get(b"host", b"").decode("latin-1"), headers.get(b"origin")
        is_welcome = origin is None or self._allowed.is_origin_allowed(origin.decode("latin-1"), host)
        more = list(_HEADERS) + (browsers.cors(origin) if origin is not None and is_welcome else [])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *more]
            await send(message)

        refusal = self._refusal(scope, headers, host, is_welcome=is_welcome)
        if refusal is not None:
            await refusal(scope, receive, send_with_headers)
        elif scope["method"] == "OPTIONS" and origin is not None:
            more += browsers.preflight(headers.get(b"access-control-request-headers", b""), b"GET, POST, DELETE")
            await send_with_headers({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._inner(scope, _bounded(receive), send_with_headers)

    def _refusal(self, scope: Message, headers: dict[bytes, bytes], host: str, *, is_welcome: bool) -> Any:
        if not self._allowed.is_host_allowed(host):
            return problem(421, f"host {host!r} is not served here; setting server.allowed_hosts names more")
        if not is_welcome and scope["method"] not in _READING:
            said = headers[b"origin"].decode("latin-1")
            return problem(
                403, f"pages of {said!r} may not change anything here; setting server.allowed_origins names more"
            )
        told = headers.get(b"content-length", b"")
        if told.isdigit() and int(told) > MAX_BODY_BYTES:
            return problem(413, f"a body of {int(told)} bytes; at most {MAX_BODY_BYTES} are read")
        return None


def _bounded(receive: Receive) -> Receive:
    """Ends a body that is longer than it may be, when its length was not told before."""
    read = 0

    async def receive_bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        return {"type": "http.disconnect"} if read > MAX_BODY_BYTES else message

    return receive_bounded
