"""Opens listening sockets, and says clearly why one cannot be had."""

import errno
import socket

from echoline.config import ServerConfig
from echoline.errors import BadConfig


def listening(server: ServerConfig, setting: str, what: str) -> socket.socket:
    """A TCP socket bound to `server.host` and the port that the setting (like "http_port") names; 0 is a free one.

    Raises BadConfig naming the setting, its value and what is in the way.
    """
    port: int = getattr(server, setting)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            server.host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise BadConfig(f"setting 'server.host' = {server.host!r}: {error.strerror}") from error
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise BadConfig(_reason(server.host, port, setting, what, error)) from error
    return bound


def address_of(host: str, port: int) -> str:
    """`host:port` as URLs and gRPC spell it."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _reason(host: str, port: int, setting: str, what: str, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            said = "another program listens there; end it, choose another port, or 0 for a free one"
        case errno.EACCES:
            said = "ports below 1024 need more rights; choose another one"
        case errno.EADDRNOTAVAIL:
            return f"setting 'server.host' = {host!r}: this machine has no such address"
        case _:
            said = str(error.strerror)
    return f"setting 'server.{setting}' = {port}: {what} cannot listen on {address_of(host, port)}: {said}"
