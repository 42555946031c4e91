"""Runs `echoline` as a user does: as a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from echoline.errors import EcholineError
from echoline.model.answers import Health
from echoline.model.answers_admin import Flushed
from echoline.surfaces.cli.client import Server
from waiting import wait_until

READY_TIMEOUT_S = 40.0
FREE_PORTS = ("--grpc-port", "0", "--http-port", "0", "--api-port", "0")


def echoline(*arguments: str | Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """One command to its end. Nothing of the tester's own settings, colours or terminal gets in."""
    return subprocess.run(
        command(*arguments), env=environment(**environ), capture_output=True, text=True, timeout=120, check=False
    )


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "echoline", *map(str, arguments)]


def environment(**environ: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ECHOLINE_")}
    return {**kept, "COLUMNS": "100", "NO_COLOR": "1", "TZ": "UTC", **environ}


def processor_seconds(argv: Sequence[str]) -> float:
    """What one process costs from its start to its end."""
    process = subprocess.Popen(argv, env=environment(), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True)
class Started:
    """A running `echoline up`, `receive` or `serve`, and what its ready file says."""

    process: "subprocess.Popen[str]"
    ready: Mapping[str, Any]
    output: Path

    def url(self, listener: str) -> str:
        return str(self.ready["listeners"][listener])

    def pid(self, name: str) -> int:
        return int(self.ready["processes"][name])

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to end and returns its exit code."""
        self.process.send_signal(with_signal)
        return self.process.wait(40)


@contextmanager
def started(name: str, data_dir: Path, *flags: str | Path, ports: tuple[str, ...] = FREE_PORTS) -> Iterator[Started]:
    """A process on free ports, which is killed at the end if it still runs; `output` has what it printed."""
    ready, output = data_dir.with_name(f"{data_dir.name}.ready"), data_dir.with_name(f"{data_dir.name}.output")
    ready.unlink(missing_ok=True)
    arguments = command(name, "--data-dir", data_dir, "--ready-file", ready, *ports, *flags)
    with output.open("w") as file:
        process = subprocess.Popen(arguments, env=environment(), stdout=file, stderr=file, text=True)
    try:
        yield Started(process, _ready(process, ready, output), output)
    finally:
        process.kill()
        process.wait()


def _ready(process: "subprocess.Popen[str]", ready: Path, output: Path) -> dict[str, Any]:
    until = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < until and process.poll() is None:
        if ready.exists():
            return dict(json.loads(ready.read_text()))
        time.sleep(0.02)
    raise AssertionError(f"not ready, exit code {process.poll()}: {output.read_text()}")


def settled(up: Started) -> Health:
    """What health says when everything that was acknowledged before can be asked."""
    server = Server(up.url("api"))

    def is_complete() -> bool:
        try:
            return server.send("POST", "flush", Flushed).is_complete
        except EcholineError:
            time.sleep(0.2)
            return False

    wait_until(is_complete, 90)
    return server.get("health", Health)
