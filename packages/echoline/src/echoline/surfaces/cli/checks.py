"""What `doctor` can find out on this machine, without a server."""

import os
import shutil
import socket
import stat
import sys
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from echoline import tokens_file
from echoline.config import ServerConfig, Settings
from echoline.errors import BadConfig
from echoline.surfaces.cli.check import Check
from echoline.surfaces.cli.connection import Run
from echoline.surfaces.cli.rendering import units

LEAST_FREE_BYTES = 1 << 30
MOST_BACK_S = 2.0
PORTS = {"grpc": "OTLP/gRPC", "http": "OTLP/HTTP", "api": "API"}
CONNECT_TIMEOUT_S = 1.0


def of_this_machine(settings: Settings, run: Run | None, other: str | None = None, written_ns: int = 0) -> list[Check]:
    """All local checks, in the order in which one would look.

    `other` is the URL of an Echoline that runs on another data directory, `written_ns` when the journal's status was
    written.
    """
    return [
        _running(settings, run, other),
        _versions(),
        *_ports(settings.server, run, other),
        _data_dir(settings.data_dir),
        _disk(settings),
        _exposure(settings),
        _clock(written_ns),
    ]


def _running(settings: Settings, run: Run | None, other: str | None) -> Check:
    if run is None and other:
        found = f"nothing runs on {settings.data_dir}, but another Echoline answers at {other}"
        return Check("running", "bad", found, f"export ECHOLINE_URL={other}")
    if run is None:
        return Check("running", "bad", f"nothing runs on {settings.data_dir}", "echoline up")
    named = ", ".join(f"{name} {pid}" for name, pid in run.processes.items())
    return Check("running", "good", f"processes {named}")


def _versions() -> Check:
    python = ".".join(map(str, sys.version_info[:3]))
    parts = [f"Python {python}", *(f"{name} {version(name)}" for name in ("echoline", "chdb", "ptars"))]
    return Check("versions", "good", ", ".join(parts))


def _ports(server: ServerConfig, run: Run | None, other: str | None) -> list[Check]:
    if run is not None:
        return [_answering(name, address) for name, address in run.listeners.items() if name in PORTS]
    return [_free(name, server.host, getattr(server, f"{name}_port"), other) for name in PORTS]


def _answering(name: str, address: str) -> Check:
    host, _, port = address.removeprefix("http://").rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_TIMEOUT_S).close()
    except OSError as error:
        return Check(PORTS[name], "bad", f"{address} does not answer: {_reason(error)}")
    return Check(PORTS[name], "good", address)


def _free(name: str, host: str, port: int, other: str | None) -> Check:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        flag = f"echoline up --{name}-port 0"
        if other:
            return Check(PORTS[name], "advice", f"{host}:{port} is in use; a second Echoline would need another", flag)
        return Check(PORTS[name], "bad", f"{host}:{port} cannot be used: {_reason(error)}", flag)
    return Check(PORTS[name], "good", f"{host}:{port} is free" if port else "a free port will be taken")


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)


def _data_dir(data_dir: Path) -> Check:
    try:
        mode = stat.S_IMODE(data_dir.stat().st_mode)
    except FileNotFoundError:
        return Check("data", "advice", f"{data_dir} is not there yet: the first start makes it")
    except OSError as error:
        return Check("data", "bad", f"{data_dir}: {error.strerror}", "echoline up --data-dir FOLDER")
    if not data_dir.is_dir():
        return Check("data", "bad", f"{data_dir} is no folder", "echoline up --data-dir FOLDER")
    if mode & 0o077:
        return Check("data", "bad", f"{data_dir} can be read by others", f"chmod 700 {data_dir}")
    return Check("data", "good", f"{data_dir}, {units.size(_bytes(data_dir))}")


def _bytes(folder: Path) -> int:
    """What a folder holds, as far as it can be seen while files come and go."""
    total = 0
    for file in folder.rglob("*"):
        try:
            status = file.lstat()
        except OSError:
            continue
        total += status.st_size if stat.S_ISREG(status.st_mode) else 0
    return total


def _disk(settings: Settings) -> Check:
    there = next(folder for folder in (settings.data_dir, *settings.data_dir.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    found = f"{units.size(free)} free; the store may grow to {units.size(settings.store.max_disk_bytes)}"
    if free < LEAST_FREE_BYTES:
        return Check("disk", "bad", found, "echoline delete --before 7d")
    return Check("disk", "good" if free > settings.receive.max_journal_bytes else "advice", found)


def _exposure(settings: Settings) -> Check:
    host, path = settings.server.host, tokens_file.path_in(settings.data_dir)
    try:
        tokens = tokens_file.read(path)
    except BadConfig as error:
        return Check("tokens", "bad", str(error))
    if tokens:
        return Check("tokens", "good", f"{units.several(len(tokens), 'valid token')}; every request needs one")
    if tokens_file.is_loopback(host):
        return Check("tokens", "good", f"none are needed: only this machine reaches {host}")
    return Check(
        "tokens", "bad", f"{host} lets other machines in, without any token", "echoline tokens create --scope ingest"
    )


def _clock(written_ns: int) -> Check:
    """A clock that goes back makes the newest data look as if it came from the future."""
    now = datetime.now().astimezone()
    back_s = written_ns / 1e9 - now.timestamp()
    if back_s > MOST_BACK_S:
        found = f"{now:%Y-%m-%d %H:%M:%S %Z}: it has gone back by {back_s:.0f} s"
        return Check("clock", "bad", found, "timedatectl set-ntp true")
    return Check("clock", "good", f"{now:%Y-%m-%d %H:%M:%S %Z}")
