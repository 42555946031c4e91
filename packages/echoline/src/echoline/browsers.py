"""Keeps web pages out that have no business here: by the Host a request names, and by the Origin a browser adds."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from echoline.config import ServerConfig

_WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
_MAX_AGE_S = b"86400"


@dataclass(frozen=True)
class Browsers:
    """Which hosts and origins may be named."""

    server: ServerConfig

    def is_host_allowed(self, host: str) -> bool:
        """The value of a Host header: localhost, a loopback address, the address we listen on, or an allowed name.

        Listening on all addresses, any address may be named: a page that was rebound to us comes with its own name.
        """
        name = _without_port(host)
        if name in ("localhost", self.server.host.lower()) or name in _lower(self.server.allowed_hosts):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or self.server.host in _WILDCARDS

    def is_origin_allowed(self, origin: str, host: str) -> bool:
        """The value of an Origin header: the host's own, or an allowed one. "null" never is."""
        named = origin.lower().rstrip("/")
        own = (f"http://{host.lower()}", f"https://{host.lower()}")
        return named in own or named in _lower(self.server.allowed_origins)


def preflight(requested_headers: bytes, methods: bytes = b"POST") -> list[tuple[bytes, bytes]]:
    """Headers of the answer to a browser that asks whether it may send, beside those of `cors`."""
    return [
        (b"access-control-allow-methods", methods),
        (b"access-control-allow-headers", requested_headers or b"content-type"),
        (b"access-control-max-age", _MAX_AGE_S),
    ]


def cors(origin: bytes) -> list[tuple[bytes, bytes]]:
    """Headers that let a page of an allowed origin read the answer."""
    return [(b"access-control-allow-origin", origin), (b"vary", b"origin")]


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().rstrip(".")


def _lower(names: Sequence[str]) -> list[str]:
    return [name.lower().rstrip("/") for name in names]
