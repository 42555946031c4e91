"""Finds the server that a command asks: named, running, or started for this command alone."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from echoline import tokens_file
from echoline.config import Settings
from echoline.errors import EcholineError, Unavailable
from echoline.model.answers import Health
from echoline.surfaces.cli.client import Server
from echoline.surfaces.cli.program import Processes

RUN_FILE = "run.json"
ANSWER_TIMEOUT_S = 2.0


class Run(msgspec.Struct):
    """What `run.json` says of a running Echoline."""

    listeners: dict[str, str]
    processes: dict[str, int]


@dataclass(frozen=True)
class Target:
    """What the flags say about the server."""

    url: str | None
    token: str | None
    may_start: bool
    names_folder: bool = True
    """The data directory was chosen: then what runs on another one does not matter."""
    may_begin: bool = False
    """Also where there is no data directory yet: it is made. For commands that do not ask for data."""


@contextmanager
def connected(target: Target, settings: Settings, processes: Processes) -> Iterator[Server]:
    """The server of `target.url`, else the one running on the data directory, else a private one for this block.

    Raises Unavailable when there is none and none may be started: there is no data, or another Echoline is meant.
    """
    if target.url:
        yield Server(target.url, target.token)
        return
    run = running(settings.data_dir)
    token = target.token or owner_token(settings.data_dir)
    if run:
        yield Server(run.listeners["api"], token)
        return
    _refuse_private(target, settings)
    print(f"No Echoline is running: starting one on {settings.data_dir} for this command alone …", file=sys.stderr)
    alone = replace(settings, server=replace(settings.server, host="127.0.0.1", api_port=0))
    with processes.beside("private-serve", alone) as listeners:
        yield Server(listeners["api"], token or owner_token(settings.data_dir))


def _refuse_private(target: Target, settings: Settings) -> None:
    """Raises Unavailable, with what to do instead, where a private server would answer nothing or something else."""
    folder, is_new = settings.data_dir, not settings.data_dir.exists() and not target.may_begin
    if target.may_start and target.names_folder and not is_new:
        return
    if url := elsewhere(settings):
        raise Unavailable(
            f"no Echoline runs on {folder}, but another one answers at {url}: ask that one with --url {url} "
            f"or `export ECHOLINE_URL={url}`, or choose a folder with --data-dir"
        )
    if is_new:
        raise Unavailable(f"no Echoline runs and there is no data in {folder}; start one with `echoline up`")
    if not target.may_start:
        raise Unavailable(f"no Echoline runs on {folder}; start one with `echoline up`")


def elsewhere(settings: Settings) -> str | None:
    """The URL of an Echoline that answers at the API's port; for when none runs on the data directory."""
    server = settings.server
    url = f"http://{f'[{server.host}]' if ':' in server.host else server.host}:{server.api_port}"
    if not server.api_port or not _listens(url):
        return None
    try:
        with Server(url).opened("GET", "health", timeout_s=ANSWER_TIMEOUT_S) as stream:
            msgspec.json.decode(stream.read(), type=Health)
    except (EcholineError, OSError, msgspec.DecodeError):
        return None  # another program, or one that lets in only its owner
    return url


def owner_token(data_dir: Path) -> str | None:
    """What lets in the owner of a data directory, for a server that was found by it; never for one that was named."""
    try:
        return tokens_file.owner_token(data_dir)
    except OSError:
        return None  # not there yet, or somebody else's: then the server says what it wants


def running(data_dir: Path) -> Run | None:
    """What runs on a data directory; None when nothing does, also when one was killed and left its file behind."""
    try:
        run = msgspec.json.decode((data_dir / RUN_FILE).read_bytes(), type=Run)
    except (OSError, msgspec.DecodeError):
        return None
    # The number of a killed process may be another's by now, so it must answer too.
    is_alive = any(_is_alive(run.processes[name]) for name in ("up", "serve") if name in run.processes)
    return run if is_alive and _listens(run.listeners.get("api", "")) else None


def _listens(url: str) -> bool:
    address = urlsplit(url)
    try:
        with socket.create_connection((address.hostname, address.port), timeout=ANSWER_TIMEOUT_S):
            return True
    except (OSError, TypeError):
        return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True
