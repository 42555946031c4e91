"""Starts real programs with the agent inside, as a person would, sending to a sink."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from otlp_sink import Sink

PROGRAMS = Path(__file__).parent / "live" / "programs"
BIN = Path(sys.executable).parent
LONGEST_S = 60.0


def environment(sink: Sink | None, **variables: str) -> dict[str, str]:
    """This process's environment without anything of OpenTelemetry or CI, pointing to the sink."""
    left_out = ("OTEL_", "ECHOLINE_", "PYTHON", "GITHUB_", "CI_", "GIT_", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    kept["PATH"] = f"{BIN}{os.pathsep}{kept['PATH']}"
    if sink:
        kept |= {"OTEL_EXPORTER_OTLP_ENDPOINT": sink.url, "OTEL_SERVICE_NAME": "shop"}
    quick = {"OTEL_METRIC_EXPORT_INTERVAL": "500", "OTEL_BSP_SCHEDULE_DELAY": "100"}
    # Which is told about on 3.11, and makes log records on later ones: tests/profiling looks after it.
    return kept | quick | {"ECHOLINE_AGENT_OFF": "profiling"} | variables


def injecting(command: tuple[str, ...]) -> list[str]:
    """The command, with the agent inside."""
    return [sys.executable, "-m", "echoline_agent", "run", "--", *command]


def run(sink: Sink | None, *command: str, cwd: Path = PROGRAMS, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a command with the agent inside to its end."""
    return subprocess.run(
        injecting(command),
        env=environment(sink, **variables),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )


@contextmanager
def running(sink: Sink, *command: str, cwd: Path = PROGRAMS, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server that runs with the agent inside for the block; it is ended as its operator would."""
    process = subprocess.Popen(
        injecting(command), env=environment(sink, **variables), cwd=cwd, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(LONGEST_S)


def asked(url: str) -> str:
    """The answer of a server that may still be starting."""
    ends = time.monotonic() + LONGEST_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=LONGEST_S) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            raise
        except OSError:
            assert time.monotonic() < ends, url
            time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bare_environment(folder: Path, *patterns: str) -> str:
    """The interpreter of a new environment that has only what these patterns find in ours, by links."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for pattern in patterns:
        for path in BIN.parent.glob(f"lib/python*/site-packages/{pattern}"):
            (packages / path.name).symlink_to(path)
    return str(folder / "bin" / "python")
