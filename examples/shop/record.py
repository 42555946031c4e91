"""Records what the shop sends in a short run: `python record.py FOLDER`.

Writes `traces`, `logs` and `metrics` as `.otlp.zst` (a zstd stream of request bodies in the order of their arrival,
each behind a 4-byte big-endian length) and `facts.json`. Bodies are as the exporter sent them, uncompressed; only the
paths of this machine are replaced, because recordings are for everybody.
"""

import argparse
import json
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import zstandard
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from drive import drive
from facts import facts
from shop import __version__
from sink import listening
from start import HERE, Release, running

REQUESTS: dict[str, Any] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}
LEVEL = 19
REVISION = "4f1c2a9b7d3e5806a1b2c3d4e5f60718293a4b5c"
"""Stands for the commit: a recording belongs to none."""
PATHS = {
    str(HERE): "/srv/shop",
    sysconfig.get_path("purelib"): "/srv/venv/lib/python/site-packages",
    sysconfig.get_path("stdlib"): "/usr/lib/python",
}


def without_paths(text: str) -> str:
    """The text with this machine's folders replaced by usual ones."""
    for ours, usual in PATHS.items():
        text = text.replace(ours, usual)
    return text


def rewritten(message: Any, change: Callable[[str], str]) -> Any:
    """Changes every string of a protobuf message at any depth, in place, and returns it."""
    for field, value in message.ListFields():
        if field.type == field.TYPE_STRING:
            new = [change(each) for each in value] if field.is_repeated else change(value)
            message.ClearField(field.name)
            _set(message, field, new)
        elif field.type == field.TYPE_MESSAGE:
            for each in value if field.is_repeated else [value]:
                rewritten(each, change)
    return message


def _set(message: Any, field: Any, new: Any) -> None:
    if field.is_repeated:
        getattr(message, field.name).extend(new)
    else:
        setattr(message, field.name, new)


def framed(bodies: Sequence[bytes]) -> bytes:
    """The bodies as one compressed stream."""
    stream = b"".join(len(body).to_bytes(4, "big") + body for body in bodies)
    return zstandard.ZstdCompressor(level=LEVEL).compress(stream)


def record(folder: Path, *, seconds: float, seed: int) -> None:
    """Runs the shop and writes the four files."""
    with listening() as (otlp, received), running(otlp, Release(__version__, REVISION, "test")) as shop:
        drive(shop.url, seconds=seconds, seed=seed)
    bodies = {
        signal: [
            rewritten(request.FromString(body), without_paths).SerializeToString() for body in received.bodies[signal]
        ]
        for signal, request in REQUESTS.items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    for signal, of_signal in bodies.items():
        (folder / f"{signal}.otlp.zst").write_bytes(framed(of_signal))
    (folder / "facts.json").write_text(json.dumps(facts(bodies), indent=1, ensure_ascii=False) + "\n", "utf-8")


def main() -> None:
    """Records, and says how large it became."""
    arguments = argparse.ArgumentParser(description="record the example shop")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--seconds", type=float, default=12)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    record(given.folder, seconds=given.seconds, seed=given.seed)
    for file in sorted(given.folder.iterdir()):
        print(f"{file.stat().st_size:>9,}  {file}")


if __name__ == "__main__":
    main()
