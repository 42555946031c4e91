"""A receiver of OTLP profiles and logs for tests of what runs in other processes, and those processes."""

import gzip
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest

SOURCE = Path(__file__).parents[1] / "src"

ATTACHED = """
import os, signal, socket, sys, threading, time
from echoline_agent import profiling
from echoline_agent.settings import read
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider

def attached():
    provider = TracerProvider(resource=Resource({"service.name": "shop", "service.version": "1.2"}))
    profiling.attach(provider, read())
    return provider.get_tracer("shop")

def burn_until(end_s):
    while time.thread_time() < end_s:
        pass

near, far = socket.socketpair()

def ask():
    far.send(b"x")
    near.recv(1)
    time.sleep(0.0003)
"""
"""How every program of these tests begins."""


@dataclass(frozen=True)
class Charged:
    """One sample as it came over the wire: functions innermost first."""

    functions: tuple[str, ...]
    lines: tuple[int, ...]
    files: tuple[str, ...]
    cpu_ns: int
    trace_id: str
    span_id: str
    attributes: dict[str, Any]
    resource: dict[str, Any]

    @property
    def is_approximate(self) -> bool:
        return bool(self.attributes.get("echoline.profile.approximate"))


@dataclass(frozen=True)
class Entry:
    """One record of the census."""

    event: str
    function: str
    file: str
    line: int
    is_entered: bool
    at_ns: int
    resource: dict[str, Any]


@dataclass
class Receiver:
    url: str = ""
    status: int = 200
    requests: list[str] = field(default_factory=list)
    samples: list[Charged] = field(default_factory=list)
    census: list[Entry] = field(default_factory=list)

    def take(self, path: str, body: bytes) -> int:
        self.requests.append(path)
        if self.status == 200 and path == "/v1development/profiles":
            self.samples += charged(ExportProfilesServiceRequest.FromString(body))
        elif self.status == 200 and path == "/v1/logs":
            self.census += entries(ExportLogsServiceRequest.FromString(body))
        return self.status

    def cpu_ns(self, *, approximate: bool | None = None) -> Counter[str]:
        """CPU by innermost function."""
        total: Counter[str] = Counter()
        for each in self.samples:
            if approximate in {None, each.is_approximate}:
                total[each.functions[0]] += each.cpu_ns
        return total

    def cpu_under_ns(self, function: str) -> int:
        """CPU of all samples with a function anywhere on their stack."""
        return sum(each.cpu_ns for each in self.samples if function in each.functions)


def charged(request: ExportProfilesServiceRequest) -> Iterator[Charged]:
    tables = request.dictionary
    for whole in request.resource_profiles:
        for sample in whole.scope_profiles[0].profiles[0].samples:
            places = [tables.location_table[at] for at in tables.stack_table[sample.stack_index].location_indices]
            functions = [tables.function_table[place.lines[0].function_index] for place in places]
            link = tables.link_table[sample.link_index]
            about = [tables.attribute_table[at] for at in sample.attribute_indices]
            yield Charged(
                functions=tuple(tables.string_table[each.name_strindex] for each in functions),
                lines=tuple(place.lines[0].line for place in places),
                files=tuple(tables.string_table[each.filename_strindex] for each in functions),
                cpu_ns=sum(sample.values),
                trace_id=link.trace_id.hex(),
                span_id=link.span_id.hex(),
                attributes={tables.string_table[each.key_strindex]: plain(each.value) for each in about},
                resource={each.key: plain(each.value) for each in whole.resource.attributes},
            )


def entries(request: ExportLogsServiceRequest) -> Iterator[Entry]:
    for whole in request.resource_logs:
        resource = {each.key: plain(each.value) for each in whole.resource.attributes}
        for record in (each for each in whole.scope_logs[0].log_records if each.event_name):
            said = {each.key: plain(each.value) for each in record.attributes}
            yield Entry(
                record.event_name,
                said["code.function.name"],
                said["code.file.path"],
                said["code.line.number"],
                said["echoline.census.entered"],
                record.time_unix_nano,
                resource,
            )


def plain(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))


@contextmanager
def receiving(status: int = 200) -> Iterator[Receiver]:
    receiver = Receiver(status=status)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Content-Encoding"] == "gzip":
                body = gzip.decompress(body)
            self.send_response(receiver.take(self.path, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield receiver
        server.shutdown()


def python(*versions: str) -> str:
    """An interpreter of one of these versions, this one if it is; skips by name where there is none."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" in versions:
        return sys.executable
    for version in versions:
        installed = Path(os.environ.get("PYENV_ROOT", "/nonexistent")).glob(f"versions/{version}.*/bin/python")
        for found in (shutil.which(f"python{version}"), *map(str, installed)):
            if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
                return found
    pytest.skip(f"python3.12: neither it nor another Python than this one ({', '.join(versions)}) is here")


def program(folder: Path, text: str) -> Path:
    """A program in a file of its own."""
    path = folder / "shop.py"
    path.write_text(text)
    return path


def run(
    program: Path, receiver: Receiver, *arguments: str, interpreter: str = sys.executable, **environ: str
) -> "subprocess.CompletedProcess[str]":
    """Runs a program to its end, with the agent to import and the receiver as its endpoint.

    Another interpreter borrows this one's packages: those that we need are pure, or made for any version.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "ECHOLINE_"))},
        "PYTHONPATH": os.pathsep.join([str(SOURCE), sysconfig.get_path("purelib")]),
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
        **environ,
    }
    command: Sequence[str] = [interpreter, str(program), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)


def wait_for(is_so: Any, timeout_s: float = 30.0) -> None:
    until_s = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < until_s, "it did not happen"
        time.sleep(0.05)
