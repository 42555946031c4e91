"""What the head of an OTLP/HTTP request asks for, or why it is refused before its body is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from echoline.browsers import Browsers
from echoline.model.records import PLAIN_SIGNALS, Encoding, Signal, WireFormat
from echoline.model.tokens import Verdict
from echoline.receivers.otlp.answers import CONTENT_TYPES, INVALID_ARGUMENT, Refusal, unauthorised

Headers = Mapping[bytes, bytes]

PATHS: dict[str, Signal] = {
    **{f"/v1/{signal}": signal for signal in PLAIN_SIGNALS},
    "/v1development/profiles": "profiles",
}
_FORMATS: dict[str, WireFormat] = {content_type: name for name, content_type in CONTENT_TYPES.items()}
_ENCODINGS: dict[str, Encoding] = {
    "": "identity",
    "identity": "identity",
    "gzip": "gzip",
    "x-gzip": "gzip",
    "deflate": "deflate",
    "zstd": "zstd",
}
_ACCEPT_ENCODING = b"gzip, deflate, zstd, identity"


class Refused(Exception):
    """Ends the handling of a request with an answer."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request head asks for."""

    signal: Signal
    wire_format: WireFormat
    encoding: Encoding


def check_browser(headers: Headers, browsers: Browsers) -> None:
    """Refuses a Host that is not ours, and pages of other origins. Raises Refused."""
    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin")
    if not browsers.is_host_allowed(host):
        raise _refused("host", 421, f"host {host!r} is not served here; setting server.allowed_hosts names more")
    if origin is not None and not browsers.is_origin_allowed(origin.decode("latin-1"), host):
        said = origin.decode("latin-1")
        raise _refused("origin", 403, f"pages of {said!r} may not send here; setting server.allowed_origins names more")


def asked(method: str, path: str, headers: Headers, authorise: Callable[[str | None], Verdict]) -> Asked:
    """Reads the head of a request. Raises Refused."""
    signal = PATHS.get(path)
    if signal is None:
        raise _refused("path", 404, f"there is nothing at {path}; OTLP goes to {', '.join(PATHS)}")
    if method != "POST":
        raise _refused("method", 405, f"OTLP comes by POST, not {method}", (b"allow", b"POST, OPTIONS"))
    authorization = headers.get(b"authorization")
    refusal = unauthorised(authorise(None if authorization is None else authorization.decode("latin-1")), "ingest")
    if refusal is not None:
        raise Refused(refusal)
    return Asked(signal, _wire_format(headers), _encoding(headers))


def format_of(headers: Headers) -> WireFormat:
    """The format a refusal is written in: the request's, if it is one of ours, else JSON."""
    return _FORMATS.get(_media_type(headers), "json")


def _wire_format(headers: Headers) -> WireFormat:
    given = _media_type(headers)
    if given not in _FORMATS:
        allowed = " or ".join(_FORMATS)
        raise _refused("content_type", 415, f"content type {given!r} is not known; send {allowed}")
    return _FORMATS[given]


def _media_type(headers: Headers) -> str:
    return headers.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")


def _encoding(headers: Headers) -> Encoding:
    given = headers.get(b"content-encoding", b"").strip().lower().decode("latin-1")
    if given not in _ENCODINGS:
        message = f"content encoding {given!r} is not known; send {_ACCEPT_ENCODING.decode()}"
        raise _refused("content_encoding", 415, message, (b"accept-encoding", _ACCEPT_ENCODING))
    return _ENCODINGS[given]


def _refused(reason: str, status: int, message: str, *headers: tuple[bytes, bytes]) -> Refused:
    return Refused(Refusal(reason, message, status, INVALID_ARGUMENT, headers=headers))
