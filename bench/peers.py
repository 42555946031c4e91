"""Other servers that receive OTLP, each installed into an environment of its own, started side by side."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs


@dataclass(frozen=True)
class Peer:
    """How one of them is installed, started and asked how many spans it holds."""

    name: str
    requirement: str
    command: Callable[[Path, Path, int], list[str]]  # (environment, work folder, port) -> argv
    variables: Callable[[Path, int], dict[str, str]] = lambda _work, _port: {}
    headers: dict[str, str] = field(default_factory=dict)
    # Where stored spans can be counted: (database file in the work folder, statement); none: it stores nothing.
    stored: tuple[str, str] | None = None


def _phoenix(work: Path, port: int) -> dict[str, str]:
    return {
        "PHOENIX_WORKING_DIR": str(work),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(free_port()),
        "PHOENIX_TELEMETRY_ENABLED": "false",
    }


PEERS = (
    Peer(
        "arize-phoenix",
        "arize-phoenix==20.26.*",
        lambda env, _work, _port: [str(env / "bin/phoenix"), "serve"],
        _phoenix,
        stored=("phoenix.db", "select count(*) from spans"),
    ),
    Peer(
        "mlflow",
        "mlflow==3.17.*",
        lambda env, work, port: [
            *(str(env / "bin/mlflow"), "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
            *("--backend-store-uri", f"sqlite:///{work}/m.db", "--artifacts-destination", f"{work}/artifacts"),
        ],
        lambda _work, _port: {"MLFLOW_DISABLE_TELEMETRY": "true"},
        headers={"x-mlflow-experiment-id": "0"},
        stored=("m.db", "select count(*) from spans"),
    ),
    Peer(
        "agentmesh-ai",
        "agentmesh-ai[server,otlp]==0.5.*",
        lambda env, work, port: [
            *(str(env / "bin/agentmesh"), "--db", f"{work}/t.db", "dashboard", "--host", "127.0.0.1"),
            *("--port", str(port)),
        ],
        stored=("t.db", "select count(*) from spans"),
    ),
    Peer(
        "rotel (stores nothing)",
        "rotel==0.0.1a15",
        lambda env, _work, port: [
            *(str(next(env.glob("lib/python3*/site-packages/rotel/rotel-agent"))), "start", "--exporter", "blackhole"),
            *("--otlp-http-endpoint", f"127.0.0.1:{port}", "--otlp-grpc-endpoint", f"127.0.0.1:{free_port()}"),
        ],
    ),
)


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def environment(peer: Peer) -> Path:
    """Its own virtual environment in the user's cache folder, made at first use."""
    folder = Path(platformdirs.user_cache_dir("echoline-bench")) / peer.name.split(" ")[0]
    if not (folder / ".ready").exists():
        print(f"installing {peer.requirement} into {folder}", file=sys.stderr)
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", peer.requirement],
            check=True,
            env={**os.environ, "VIRTUAL_ENV": str(folder)},
        )
        (folder / ".ready").touch()
    return folder


@contextmanager
def running(peer: Peer, work: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The started peer and the address to post traces to; ended afterwards with all its children."""
    work.mkdir(parents=True)
    port = free_port()
    process = subprocess.Popen(
        peer.command(environment(peer), work, port),
        env={**os.environ, **peer.variables(work, port)},
        cwd=work,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_listening(process, port)
        yield process, f"http://127.0.0.1:{port}/v1/traces"
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def _wait_until_listening(process: subprocess.Popen[bytes], port: int, timeout_s: float = 120) -> None:
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{process.args!r} does not listen after {timeout_s} s")
