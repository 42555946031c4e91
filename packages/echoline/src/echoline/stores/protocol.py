"""What goes over the engine's socket: a question as length and JSON, answers as status, length and bytes.

An answer is any number of MORE frames and one LAST, or one FAILED (JSON of an error). One question at a time per
connection; a client that closes it takes its question back.
"""

import contextlib
import hashlib
import json
import os
import socket
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path

from echoline.errors import BadConfig, BadInput, Busy, EcholineError, Unavailable

LAST, FAILED, MORE = 0, 1, 2
MAX_QUESTION_BYTES = 16 << 20
_QUESTION = struct.Struct(">I")
_ANSWER = struct.Struct(">BQ")
# sun_path holds 108 bytes on Linux, 104 on macOS, with the closing zero.
_MAX_PATH_BYTES = 100


def socket_path(data_dir: Path) -> Path:
    """Where the engine of a data directory listens: in it, or in a short private folder when its path is too long."""
    path = data_dir.resolve() / "engine.sock"
    if len(os.fsencode(path)) <= _MAX_PATH_BYTES:
        return path
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    for parent in (runtime, Path("/tmp")):  # noqa: S108 (checked below)
        folder = parent / f"{_folder_prefix()}{digest}"
        if len(os.fsencode(folder)) <= _MAX_PATH_BYTES - len("/engine.sock"):
            return _private(folder) / "engine.sock"
    raise BadConfig(f"setting 'data_dir' = '{data_dir}': too long for a socket beside it; choose a shorter path")


def leave(path: Path) -> None:
    """Removes a socket that nobody listens on any more, and the short folder that was made for it."""
    path.unlink(missing_ok=True)
    if path.parent.name.startswith(_folder_prefix()):
        with contextlib.suppress(OSError):
            path.parent.rmdir()


def _folder_prefix() -> str:
    return f"echoline-{os.getuid()}-"


def _private(folder: Path) -> Path:
    """A folder that is ours alone, made if it is missing; somebody else's of that name is refused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o170077 != 0o040000:
        raise BadConfig(f"{folder} is not a private folder of this user; remove it")
    return folder


def send_question(connection: socket.socket, question: Mapping[str, object]) -> None:
    """Raises BadInput for one that is too long; nothing is sent then."""
    body = json.dumps(question).encode()
    if len(body) > MAX_QUESTION_BYTES:
        raise BadInput(f"a question of {len(body)} bytes; allowed are {MAX_QUESTION_BYTES}")
    connection.sendall(_QUESTION.pack(len(body)) + body)


def receive_question(connection: socket.socket) -> dict[str, object] | None:
    """The next question, None at the end. Raises BadInput for what is none; the connection cannot be used then."""
    head = _receive(connection, _QUESTION.size)
    if head is None:
        return None
    (size,) = _QUESTION.unpack(head)
    if size > MAX_QUESTION_BYTES:
        raise BadInput(f"a question of {size} bytes; allowed are {MAX_QUESTION_BYTES}")
    body = _receive(connection, size)
    try:
        question = json.loads(body) if body is not None else None
    except ValueError as error:
        raise BadInput(f"a question that is no JSON: {error}") from error
    if question is not None and not isinstance(question, dict):
        raise BadInput("a question that is no JSON object")
    return question


def send_answer(connection: socket.socket, status: int, body: bytes) -> None:
    """One frame. Raises OSError when the asker is gone."""
    connection.sendall(_ANSWER.pack(status, len(body)))
    connection.sendall(body)


def receive_answer(connection: socket.socket) -> tuple[int, bytearray]:
    """Status and body of the next frame. Raises ConnectionError when the engine goes away before its end."""
    head = _receive(connection, _ANSWER.size)
    if head is not None:
        status, size = _ANSWER.unpack(head)
        body = _receive(connection, size)
        if body is not None:
            return status, body
    raise ConnectionResetError("the engine went away")


def _receive(connection: socket.socket, size: int) -> bytearray | None:
    """Exactly so many bytes; None when the other side ends before."""
    body = bytearray(size)
    view, done = memoryview(body), 0
    while done < size:
        count = connection.recv_into(view[done:])
        if count == 0:
            return None
        done += count
    return body


def error_body(error: EcholineError) -> bytes:
    """An error as the body of a FAILED frame."""
    told: dict[str, object] = {"kind": type(error).__name__, "message": str(error)}
    for name in ("reason", "retry_after_s"):
        if hasattr(error, name):
            told[name] = getattr(error, name)
    return json.dumps(told).encode()


def error_of(body: bytes | bytearray) -> EcholineError:
    """The error that `error_body` wrote."""
    told = json.loads(body)
    message = str(told["message"])
    if told["kind"] == "BadInput":
        return BadInput(message, reason=str(told["reason"]))
    if told["kind"] == "Busy":
        return Busy(message, retry_after_s=float(told["retry_after_s"]))
    if told["kind"] == "BadConfig":
        return BadConfig(message)
    return Unavailable(message, retry_after_s=float(told.get("retry_after_s", 1.0)))
