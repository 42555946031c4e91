"""The example shop as `echoline demo` starts it: started, driven, stopped, heard by a sink."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from facts import facts
from sink import listening

pytestmark = pytest.mark.xdist_group("example shop")

SECONDS = 3


@dataclass(frozen=True)
class Run:
    """What one run of the starter printed, sent and left behind."""

    returncode: int
    told: Mapping[str, Any]
    bodies: Mapping[str, Sequence[bytes]]
    left: Sequence[Path]


def start(repository: Path, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(repository / "examples/shop/start.py"), *arguments]
    return subprocess.Popen(
        command, env=os.environ | {"TMPDIR": str(folder)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def run(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("shop")
    with listening() as (url, received):
        starter = start(repository, folder, "--otlp", url, "--seconds", str(SECONDS), "--revision", "c0ffee")
        out, err = starter.communicate(timeout=90)
        assert starter.returncode == 0, err
    return Run(starter.returncode, json.loads(out.splitlines()[-1]), received.bodies, list(folder.iterdir()))


def test_starter_tells_what_it_did_in_one_json_line(run: Run) -> None:
    assert run.told["requests"] == sum(run.told["by_status"].values()) > 50
    assert run.told["by_status"]["200"] > run.told["by_status"]["201"] > 0
    assert (run.told["unanswered"], run.told["services"]) == (0, ["shop", "backoffice"])
    assert (run.told["version"], run.told["revision"]) == ("1.4.0", "c0ffee")


def test_starter_hands_over_every_request_and_leaves_nothing_behind(run: Run) -> None:
    server_spans = facts(run.bodies)["traces"]["server_status"]
    answered = Counter({int(status): number for status, number in run.told["by_status"].items()})
    arrived = Counter({int(status): number for status, number in server_spans.items()})
    assert answered <= arrived
    assert run.left == []


def test_one_trace_crosses_both_processes(run: Run) -> None:
    services: dict[bytes, set[str]] = {}
    for body in run.bodies["traces"]:
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            name = next(item.value.string_value for item in group.resource.attributes if item.key == "service.name")
            for span in (span for scoped in group.scope_spans for span in scoped.spans):
                services.setdefault(span.trace_id, set()).add(name)
    assert {"shop", "backoffice"} in services.values()


def test_spans_name_functions_and_statements(run: Run) -> None:
    counted = facts(run.bodies)["traces"]
    assert {"shop.web.catalogue.products_of_category", "shop.backoffice.stock.reserve"} <= counted["functions"].keys()
    assert counted["attr_keys"]["db.query.text"] == counted["scopes"]["opentelemetry.instrumentation.sqlite3"]


def test_log_records_of_the_shop_carry_their_trace(run: Run) -> None:
    records = [
        record
        for body in run.bodies["logs"]
        for group in ExportLogsServiceRequest.FromString(body).resource_logs
        for scoped in group.scope_logs
        for record in scoped.log_records
        if scoped.scope.name == "shop.checkout"
    ]
    assert records
    assert all(any(record.trace_id) for record in records)


@pytest.fixture
def waiting(repository: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The shop without traffic, ready."""
    with listening() as (url, _):
        starter = start(repository, tmp_path, "--otlp", url, "--seconds", "0")
        assert starter.stderr is not None
        assert "the shop is at" in starter.stderr.readline()
        yield starter
        starter.terminate()
        starter.communicate()


def test_terminated_starter_stops_what_it_started(waiting: subprocess.Popen[str], tmp_path: Path) -> None:
    children = psutil.Process(waiting.pid).children(recursive=True)
    assert len(children) == 2
    waiting.send_signal(signal.SIGTERM)
    assert waiting.wait(30) == 130
    assert not any(child.is_running() for child in children)
    assert list(tmp_path.iterdir()) == []


def test_starter_names_the_process_that_died(waiting: subprocess.Popen[str], tmp_path: Path) -> None:
    psutil.Process(waiting.pid).children()[0].kill()
    _, err = waiting.communicate(timeout=30)
    assert waiting.returncode == 1
    assert "ended with -9" in err
    assert list(tmp_path.iterdir()) == []


def test_starter_refuses_arguments_it_does_not_know(repository: Path, tmp_path: Path) -> None:
    starter = start(repository, tmp_path, "--sekunden", "3")
    starter.communicate(timeout=30)
    assert starter.returncode == 2
