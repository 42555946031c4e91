"""The official JavaScript exporters send to us: JSON and protobuf over HTTP, and gRPC, which is not grpcio's."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

import javascript
from echoline.compression import expand
from echoline.model.records import Request, Signal
from javascript import Node
from receiving import Receiving, receiving

pytestmark = pytest.mark.xdist_group("node")

MESSAGES: dict[Signal, Any] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}
# The exporter, its signal, what it sends, how it compresses.
KINDS: dict[str, Signal] = {"trace": "traces", "logs": "logs", "metrics": "metrics"}
SENDERS: list[tuple[str, Signal, str, str]] = [
    *(
        (f"{kind}-otlp-{transport}", signal, "json" if transport == "http" else "protobuf", compression)
        for kind, signal in KINDS.items()
        for transport in ("http", "proto")
        for compression in ("none", "gzip")
    ),
    ("trace-otlp-grpc", "traces", "protobuf", "none"),
    ("trace-otlp-grpc", "traces", "protobuf", "gzip"),
]


@pytest.fixture(scope="module")
def node() -> Node:
    return javascript.node()


@pytest.fixture(scope="module")
def modules(node: Node) -> Path:
    return javascript.modules(node)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiving]:
    with receiving(tmp_path_factory.mktemp("journal")) as listening:
        yield listening


def sent(request: Request) -> str:
    """What came, as JSON."""
    body = expand(request.body, request.encoding, 1 << 20)
    if request.format == "json":
        return json.dumps(json.loads(body), ensure_ascii=False)
    return MessageToJson(MESSAGES[request.signal].FromString(body), ensure_ascii=False)


NAMES: dict[Signal, list[str]] = {
    "traces": ["GET /cart/{id}", "no such cart ☕", "shop-js"],
    "logs": ["cart saved ☕", "cart lost", "shop-js"],
    "metrics": ["carts.saved", "shop-js"],
}


@pytest.mark.parametrize(("exporter", "signal", "wire_format", "compression"), SENDERS)
def test_official_exporters_are_understood(
    running: Receiving, node: Node, modules: Path, exporter: str, signal: Signal, wire_format: str, compression: str
) -> None:
    before = len(running.journalled())
    if exporter.endswith("grpc"):
        url = f"http://127.0.0.1:{running.grpc_port}"
    else:
        url = f"http://127.0.0.1:{running.http_port}/v1/{signal}"
    command = [str(node.program), str(javascript.SENDERS / "send.mjs"), str(modules), exporter, url, compression]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=node.environment)
    assert json.loads(done.stdout) == {"code": 0, "error": None}, done.stderr
    (request,) = running.journalled()[before:]
    assert (request.signal, request.format) == (signal, wire_format)
    assert request.encoding == ("gzip" if compression == "gzip" else "identity")
    assert [name for name in NAMES[signal] if name not in sent(request)] == []
