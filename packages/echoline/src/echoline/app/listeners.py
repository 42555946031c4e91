"""What is running and where it listens: shown at start, and kept in run.json and --ready-file for others."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from echoline import files
from echoline.app.children import Ready
from echoline.config import Settings

RUN_FILE = "run.json"
TITLES = {"grpc": "OTLP/gRPC", "http": "OTLP/HTTP", "api": "API"}
PID = "_pid"


@dataclass(frozen=True)
class Running:
    """One running Echoline: addresses by listener, process ids by name, and whatever else a process told."""

    version: str
    data_dir: Path
    listeners: Mapping[str, str] = field(default_factory=dict)
    processes: Mapping[str, int] = field(default_factory=dict)

    def joined_by(self, name: str, pid: int, ready: Ready) -> "Running":
        """The same with one more process, or with a new one in the place of the old."""
        addresses = {key: str(value) for key, value in ready.items() if key in TITLES}
        pids = {key.removesuffix(PID): int(value) for key, value in ready.items() if key.endswith(PID)}
        return replace(self, listeners={**self.listeners, **addresses}, processes={**self.processes, name: pid, **pids})

    def ready(self) -> Ready:
        """The same as one process tells it."""
        return {**self.listeners, **{f"{name}{PID}": pid for name, pid in self.processes.items()}}

    def lines(self) -> list[str]:
        """One line per listener."""
        return [f"  {TITLES[name]:<9}  {self.listeners[name]}" for name in TITLES if name in self.listeners]

    def write(self, path: Path) -> None:
        """Replaces the file in one step; only its owner may read it."""
        content = {
            "version": self.version,
            "data_dir": str(self.data_dir),
            "listeners": self.listeners,
            "ports": {name: _port(address) for name, address in self.listeners.items()},
            "processes": self.processes,
        }
        files.replace(path, msgspec.json.format(msgspec.json.encode(content)) + b"\n", durable=False)


def pinned(settings: Settings, listeners: Mapping[str, str]) -> Settings:
    """The settings with the ports that were really taken, so that a restarted process comes back to the same ones."""
    ports: dict[str, Any] = {f"{name}_port": _port(address) for name, address in listeners.items()}
    return replace(settings, server=replace(settings.server, **ports))


def _port(address: str) -> int:
    port = urlsplit(address if "://" in address else f"//{address}").port
    if port is None:
        raise ValueError(f"{address!r} names no port")
    return port
