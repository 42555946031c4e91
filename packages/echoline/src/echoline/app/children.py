"""Starts processes of our own that die with their parent, and is the first thing such a process runs.

A child gets its settings as one line of JSON on stdin, so that it runs with exactly those that its parent checked. It
answers with one line on what was its stdout: where it listens, or why it cannot start. What it prints goes to stderr.
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import msgspec

from echoline.config import Settings
from echoline.errors import BadConfig, EcholineError, Unavailable

Ready = Mapping[str, str | int]
"""What a process says when it is ready: its listeners `grpc` (host:port), `http` and `api` (http://host:port), and the
ids of processes it started, like `engine_pid`."""
Tell = Callable[[Ready], None]
Main = Callable[[Settings, int, Tell], None]
"""A process: its settings, its parent's id (0: it was started by hand), and whom to tell when it is ready."""

PR_SET_PDEATHSIG = 1
READY_TIMEOUT_S = 30.0
PROGRAM = (sys.executable, "-m", "echoline")


class _Line(msgspec.Struct):
    """What a child says to its parent."""

    ready: dict[str, str | int] | None = None
    error: str | None = None
    is_config: bool = False


@dataclass
class Child:
    """A process of ours. Its `ready` is empty until it has said where it listens."""

    name: str
    process: "subprocess.Popen[bytes]"
    ready: Ready = field(default_factory=dict)
    _said: bytes = b""

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def has_become_ready(self, timeout_s: float = 0.0) -> bool:
        """Waits for its answer at most this long; False while it is still starting.

        Raises BadConfig or Unavailable in the child's own words, or Unavailable when it died without any; then it is
        to be killed, as it may still be ending.
        """
        stdout, until = self.process.stdout, time.monotonic() + timeout_s
        while stdout is not None and not self._said.endswith(b"\n"):
            if not select.select([stdout], [], [], max(0.0, until - time.monotonic()))[0]:
                return False
            more = os.read(stdout.fileno(), 65536)
            self._said += more
            if self._said.endswith(b"\n"):
                self.ready = _ready(self.name, self._said)
            elif not more:
                raise Unavailable(f"{self.name} ended with exit code {self.process.wait()} before it was ready")
        return True

    def stop(self, timeout_s: float = 10.0) -> None:
        """Asks it to end, and ends it when it does not within the time."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout_s)
        self.kill()

    def kill(self) -> None:
        """Ends it at once if it has not ended yet, and lets go of its pipes."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def launch(name: str, settings: Settings, program: Sequence[str] = PROGRAM) -> Child:
    """Starts `echoline NAME` as a child, without waiting for it; `program` stands for `echoline`.

    Only from the main thread: the kernel ends a child with the *thread* that started it. The child has a process
    group of its own, so that a Ctrl-C in the terminal reaches only the one who decides about the order of ending.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("a child must be started from the main thread")
    command = [*program, name, "--child", str(os.getpid())]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0)
    # stdin stays open afterwards: its end tells the child that we are gone, where the kernel does not.
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):  # it died at once; reading its answer tells
            process.stdin.write(msgspec.json.encode(settings, enc_hook=str) + b"\n")
            process.stdin.flush()
    return Child(name, process)


def spawn(name: str, settings: Settings, timeout_s: float = READY_TIMEOUT_S) -> Child:
    """Starts `echoline NAME` as a child, like `launch`, and returns when it is ready.

    Raises BadConfig or Unavailable in the child's own words, or Unavailable when it died or took too long.
    """
    child = launch(name, settings)
    try:
        if not child.has_become_ready(timeout_s):
            raise Unavailable(f"{name} was not ready within {timeout_s:g} s")
    except BaseException:
        child.kill()
        raise
    return child


def _ready(name: str, line: bytes) -> Ready:
    said = msgspec.json.decode(line, type=_Line)
    if said.ready is None:
        raise (BadConfig if said.is_config else Unavailable)(said.error or f"{name} could not start")
    return said.ready


def become(main: Main, parent: int) -> NoReturn:
    """Runs a process function as a child: reads the settings, passes on its readiness or its refusal, and exits."""
    die_with(parent)
    settings = msgspec.json.decode(sys.stdin.buffer.readline(), type=Settings, dec_hook=_path)
    answer = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def say(line: _Line) -> None:
        try:
            answer.write(msgspec.json.encode(line) + b"\n")
        except BrokenPipeError:
            os._exit(1)  # nobody is left to hear it

    try:
        main(settings, parent, lambda ready: say(_Line(ready=dict(ready))))
    except EcholineError as error:
        is_config = isinstance(error, BadConfig)
        say(_Line(error=str(error), is_config=is_config))
        sys.exit(2 if is_config else 3)
    sys.exit(0)


def die_with(parent: int) -> None:
    """Ends this process as soon as its parent is gone, even when the parent was killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_die_at_end_of_stdin, name="die-with-parent", daemon=True).start()
    if os.getppid() != parent:  # it went before we asked
        os._exit(1)


def _die_at_end_of_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)


def _path(kind: type, value: object) -> Path:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)
