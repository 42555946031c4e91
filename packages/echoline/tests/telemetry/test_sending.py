"""Our own metrics leave as OTLP, as any program's do."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from echoline import telemetry
from echoline.telemetry.sending import Destination, Observation, Sending
from waiting import wait_until


@dataclass
class Receiver:
    """Takes what is posted."""

    url: str = ""
    taken: list[tuple[dict[str, str], Any]] = field(default_factory=list)

    def metrics(self) -> dict[str, Any]:
        """The metrics of the last request by name."""
        (resource,) = self.taken[-1][1].resource_metrics
        return {metric.name: metric for scope in resource.scope_metrics for metric in scope.metrics}


@contextmanager
def receiving() -> Iterator[Receiver]:
    made = Receiver()

    class Taking(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.taken.append((headers | {"path": self.path}, ExportMetricsServiceRequest.FromString(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        made.url = f"http://127.0.0.1:{server.server_port}"
        yield made
        server.shutdown()
        thread.join()


@contextmanager
def sending(receiver: Receiver) -> Iterator[Sending]:
    seen = [
        Observation(telemetry.REQUESTS, 5, "echoline.signal", "traces"),
        Observation(telemetry.REQUESTS, 2, "echoline.signal", "logs"),
        Observation(telemetry.LAG, 0.5),
    ]
    made = Sending(
        lambda: seen, lambda: Destination(receiver.url, "secret"), version="1.2.3", instance="here", interval_s=0.05
    )
    yield made
    made.close()


def test_counters_and_levels_arrive_with_their_names_and_units() -> None:
    with receiving() as receiver, sending(receiver):
        wait_until(lambda: bool(receiver.taken))
    headers, request = receiver.taken[-1]
    assert (headers["path"], headers["authorization"]) == ("/v1/metrics", "Bearer secret")
    assert {each.key: each.value.string_value for each in request.resource_metrics[0].resource.attributes} == {
        "service.name": "echoline",
        "service.version": "1.2.3",
        "service.instance.id": "here",
    }
    found = receiver.metrics()
    points = {
        point.attributes[0].value.string_value: point.as_double or point.as_int
        for point in found[telemetry.REQUESTS.name].sum.data_points
    }
    assert points == {"traces": 5, "logs": 2}
    assert found[telemetry.REQUESTS.name].sum.is_monotonic
    assert (found[telemetry.LAG.name].unit, found[telemetry.LAG.name].gauge.data_points[0].as_double) == ("s", 0.5)


def test_answers_are_counted_by_route() -> None:
    with receiving() as receiver, sending(receiver) as made:
        made.answered("/api/v1/services", True, 0.02)
        wait_until(lambda: bool(receiver.taken) and telemetry.QUESTIONS.name in receiver.metrics())
    (point,) = receiver.metrics()[telemetry.QUESTIONS.name].histogram.data_points
    assert (point.count, point.sum) == (1, 0.02)


def test_without_a_receiver_nothing_is_sent_and_nothing_fails() -> None:
    made = Sending(list, lambda: None, version="1", instance="x", interval_s=0.02)
    made.answered("/x", True, 1)
    made.close()
