"""The hashes of valid tokens, as `state` publishes them for the processes that let requests in."""

import contextlib
import hashlib
import hmac
import ipaddress
import logging
import os
import secrets
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from echoline import files
from echoline.config import Settings
from echoline.errors import BadConfig
from echoline.model.tokens import Scope, TokenHash, Verdict

_NAME = "tokens.json"
_OWNER = "owner-token"
_log = logging.getLogger(__name__)


class _Content(msgspec.Struct, frozen=True):
    tokens: tuple[TokenHash, ...]
    version: int = 1


def path_in(data_dir: Path) -> Path:
    """Where the hashes are published."""
    return data_dir / _NAME


def sha256(token: str) -> str:
    """The hash by which a token is known."""
    return hashlib.sha256(token.encode()).hexdigest()


def publish(path: Path, tokens: Sequence[TokenHash]) -> None:
    """Replaces the published hashes, atomically, mode 0600. Raises OSError."""
    files.replace(path, msgspec.json.encode(_Content(tuple(tokens))))


def read(path: Path) -> tuple[TokenHash, ...]:
    """The published hashes, none without a file. Raises BadConfig for a file that cannot be read or is none of ours."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Content).tokens
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (msgspec.DecodeError, OSError) as error:
        raise BadConfig(f"{path} cannot be used ({error}): make it anew with `echoline tokens list`") from error


def owner_token(data_dir: Path) -> str:
    """The token of whoever owns the data directory, for commands that find a server by it. Made at the first need.

    It lies there in plain text, mode 0600, beside all that it gives access to. Raises OSError.
    """
    path = data_dir / _OWNER
    if not path.exists():
        new = path.with_name(f".{_OWNER}.{os.getpid()}")
        files.replace(new, f"echoline_owner_{secrets.token_urlsafe(32)}".encode())
        with contextlib.suppress(FileExistsError):  # several processes start at once: the first one's stays
            os.link(new, path)
        new.unlink()
    return path.read_text()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on the address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def check_reachable(settings: Settings, scope: Scope) -> None:
    """Refuses to listen where others can reach us before there is a token of this scope. Raises BadConfig."""
    host = settings.server.host
    if not is_loopback(host) and not any(scope in each.scopes for each in read(path_in(settings.data_dir))):
        raise BadConfig(
            f"setting 'server.host' = {host!r} lets other machines in, and there is no token with scope {scope!r}: "
            f"make one with `echoline tokens create --scope {scope}`, or listen on 127.0.0.1"
        )


class Authority:
    """Says whether a request may do what it asks for. Its tokens follow the published file; any thread may ask.

    Without any token everything is allowed, but only where `is_open`: on loopback. One token closes it for all scopes,
    but for the owner of the folder.
    """

    def __init__(self, path: Path, *, is_open: bool) -> None:
        """Raises BadConfig for a file that cannot be used."""
        self._path, self._is_open = path, is_open
        self._lock = threading.Lock()
        self._seen = self._signature()
        self._tokens = read(path)

    def verdict(self, authorization: str | None, scope: Scope) -> Verdict:
        """Judges the value of an Authorization header; None if there was none."""
        tokens = self._current()
        if not tokens and self._is_open:
            return "allowed"
        kind, _, given = (authorization or "").partition(" ")
        if kind.lower() != "bearer":
            return "unauthenticated"
        hashed = sha256(given.strip())
        # All are compared, each in constant time: the answer's delay tells nothing about any of them.
        matching = [each for each in tokens if hmac.compare_digest(each.sha256, hashed)]
        if not matching:
            return "allowed" if self._is_owner(hashed) else "unauthenticated"
        return "allowed" if any(scope in each.scopes for each in matching) else "forbidden"

    def _is_owner(self, hashed: str) -> bool:
        try:
            owner = (self._path.parent / _OWNER).read_text()
        except OSError:
            return False  # no command has needed it yet
        return hmac.compare_digest(sha256(owner), hashed)

    def _current(self) -> tuple[TokenHash, ...]:
        signature = self._signature()
        if signature != self._seen:
            with self._lock:
                try:
                    self._tokens = read(self._path)
                except BadConfig as error:
                    # Those known before stay valid; a file that is replaced in one step is never seen half.
                    _log.warning("%s", error)
                self._seen = signature
        return self._tokens

    def _signature(self) -> tuple[int, int, int] | None:
        try:
            status = os.stat(self._path)  # noqa: PTH116 - asked for each request, and this is twice as fast
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size
