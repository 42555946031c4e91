"""Starts the shop with telemetry, drives it, and stops it again. README.md has the contract."""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from drive import Driven, drive
from shop import __version__

HERE = Path(__file__).parent
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
SERVICES = {"web": "shop", "backoffice": "backoffice"}
"""The service name of each process of `python -m shop`."""
LAUNCHERS = {
    "opentelemetry-instrument": ([], "opentelemetry-distro"),
    "echoline-agent": (["run", "--"], "echoline-agent"),
}
"""What can be put in front of a process: its own arguments, and what to install for it."""

# What the agent does by itself.
PLAIN_SETTINGS = {
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_BSP_SCHEDULE_DELAY": "1000",
    "OTEL_BLRP_SCHEDULE_DELAY": "1000",
    "OTEL_SEMCONV_STABILITY_OPT_IN": "http,database",
    "OTEL_PYTHON_LOG_CODE_ATTRIBUTES": "true",
    # FastAPI makes its own spans, which name functions; SQLAlchemy's would tell once more what sqlite3's tell.
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "fastapi,sqlalchemy",
}


class NotRunning(Exception):
    """A process of the shop did not start, or died."""


@dataclass(frozen=True)
class Release:
    """What the shop says about itself in its resource attributes."""

    version: str
    revision: str
    environment: str

    def attributes(self) -> str:
        """As OTEL_RESOURCE_ATTRIBUTES wants it; an unknown revision is left out."""
        known = {
            "service.version": self.version,
            "deployment.environment.name": self.environment,
            "vcs.ref.head.revision": self.revision,
        }
        return ",".join(f"{name}={value}" for name, value in known.items() if value)


def telemetry_settings(otlp: str, service: str, release: Release, launcher: str) -> dict[str, str]:
    """The OpenTelemetry variables of one process: what anyone would put into a unit file or a container."""
    settings = {
        "OTEL_SERVICE_NAME": service,
        "OTEL_RESOURCE_ATTRIBUTES": release.attributes(),
        "OTEL_EXPORTER_OTLP_ENDPOINT": otlp,
        "OTEL_METRIC_EXPORT_INTERVAL": "10000",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "3",
    }
    return settings if launcher == "echoline-agent" else settings | PLAIN_SETTINGS


@dataclass(frozen=True)
class Process:
    """A started process and the file that its output goes to."""

    name: str
    popen: subprocess.Popen[bytes]
    output: Path

    def check(self) -> None:
        """Raises NotRunning with the end of its output when the process is gone."""
        if self.popen.poll() is not None:
            tail = self.output.read_text("utf-8", "replace")[-2_000:]
            raise NotRunning(f"{self.name} ended with {self.popen.returncode}:\n{tail}")

    def wait_until_ready(self, url: str) -> None:
        """Returns when the process answers. Raises NotRunning when it dies or takes too long."""
        give_up = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < give_up:
            self.check()
            with suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=2):
                return
            time.sleep(0.05)
        raise NotRunning(f"{self.name} did not answer at {url} within {START_TIMEOUT_S} s")

    def stop(self) -> None:
        """Waits for the end of a process that was told to end; it has STOP_TIMEOUT_S to hand over its telemetry."""
        try:
            self.popen.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


@dataclass(frozen=True)
class Shop:
    """A running shop."""

    url: str
    processes: Sequence[Process]

    def check(self) -> None:
        """Raises NotRunning when a process is gone."""
        for process in self.processes:
            process.check()


@contextmanager
def running(otlp: str, release: Release, launcher: str = "opentelemetry-instrument") -> Iterator[Shop]:
    """The shop with both processes ready. Raises NotRunning when one does not start, or is found dead at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shop-")))
        sockets = {name: stack.enter_context(socket.create_server(("127.0.0.1", 0))) for name in SERVICES}
        urls = {name: f"http://127.0.0.1:{listening.getsockname()[1]}" for name, listening in sockets.items()}
        shop = {"SHOP_DATA": str(folder), "SHOP_URL": urls["web"], "SHOP_BACKOFFICE_URL": urls["backoffice"]}
        prepare(shop)
        processes = []
        for name, service in SERVICES.items():
            settings = shop | telemetry_settings(otlp, service, release, launcher)
            process = start(name, sockets[name], settings, folder / f"{name}.log", launcher)
            stack.callback(process.stop)
            processes.append(process)
        for process in processes:  # the stack runs backwards: all are told to end before the first is waited for
            stack.callback(process.popen.terminate)
        for process in processes:
            process.wait_until_ready(urls[process.name])
        started = Shop(urls["web"], processes)
        yield started
        started.check()


def prepare(settings: dict[str, str]) -> None:
    """Makes and fills the databases, as a deployment does before it starts anything. Raises NotRunning."""
    command = [sys.executable, "-m", "shop", "prepare"]
    done = subprocess.run(command, cwd=HERE, env=os.environ | settings, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotRunning(f"the databases could not be made:\n{done.stderr[-2_000:]}")


def start(name: str, listening: socket.socket, settings: dict[str, str], output: Path, launcher: str) -> Process:
    """Starts one process on a socket that is listening already, so that its port is known and nobody else's."""
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    found, (words, package) = shutil.which(launcher, path=beside), LAUNCHERS[launcher]
    if found is None:
        raise NotRunning(f"{launcher} is not installed: pip install {package}")
    command = [found, *words, sys.executable, "-m", "shop", name, "--fd", str(listening.fileno())]
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("OTEL_")}
    with output.open("wb") as file:
        popen = subprocess.Popen(
            command,
            cwd=HERE,
            env=inherited | settings,
            pass_fds=[listening.fileno()],
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    return Process(name, popen, output)


def current_revision() -> str:
    """The commit of the checkout that this file is in; empty when there is none."""
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False)
    return found.stdout.strip()


def arguments() -> argparse.Namespace:
    """The command line; wrong ones end the program with 2."""
    parser = argparse.ArgumentParser(description="start the example shop, drive it, stop it")
    parser.add_argument("--otlp", default="http://127.0.0.1:4318", help="OTLP/HTTP endpoint (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=20, help="0: no traffic, run until Ctrl-C")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--environment", default="demo")
    parser.add_argument("--release", default=__version__)
    parser.add_argument("--revision", help="default: the commit of the checkout")
    first = next(iter(LAUNCHERS))
    parser.add_argument("--launcher", choices=list(LAUNCHERS), default=first, help="default: %(default)s")
    return parser.parse_args()


def interrupt(*_: object) -> None:
    """SIGTERM ends the starter like Ctrl-C does, so that it stops what it started."""
    raise KeyboardInterrupt


def say(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Prints one JSON line about what was done."""
    given = arguments()
    signal.signal(signal.SIGTERM, interrupt)
    revision = current_revision() if given.revision is None else given.revision
    release = Release(given.release, revision, given.environment)
    driven = Driven()
    try:
        with running(given.otlp, release, given.launcher) as shop:
            say(f"the shop is at {shop.url}")
            if given.seconds > 0:
                driven = drive(shop.url, seconds=given.seconds, seed=given.seed)
            while given.seconds <= 0:
                shop.check()
                time.sleep(0.5)
    except KeyboardInterrupt:
        return 130
    except NotRunning as error:
        say(str(error))
        return 1
    told = {"services": list(SERVICES.values()), "version": release.version, "revision": release.revision}
    print(json.dumps(asdict(driven) | told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
