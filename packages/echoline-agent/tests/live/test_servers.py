"""Applications under real servers, with several processes, are seen: each request once, with its query inside."""

import re
from pathlib import Path

import pytest

from launching import asked, free_port, run, running
from otlp_sink import Sink, Span

GUNICORN = ("gunicorn", "--workers", "2", "--bind")


def request_of(sink: Sink, count: int = 1) -> Span:
    sink.wait(lambda got: len(got.of_kind("SERVER")) == count)
    return sink.of_kind("SERVER")[-1]


@pytest.mark.parametrize("preload", [(), ("--preload",)], ids=["prefork", "preload"])
def test_flask_under_gunicorn_is_seen_in_the_worker(sink: Sink, preload: tuple[str, ...]) -> None:
    port = free_port()
    with running(sink, *GUNICORN, f"127.0.0.1:{port}", *preload, "flask_shop:app") as server:
        assert asked(f"http://127.0.0.1:{port}/items/21") == "42"
        request = request_of(sink)
        sink.wait(lambda got: got.of_kind("CLIENT") and got.logs and "http.server.request.duration" in got.metrics)
    assert request.name == "GET /items/<int:number>"
    assert request.resource["process.pid"] != server.pid
    assert [query.parent_id for query in sink.of_kind("CLIENT")] == [request.span_id]
    instances = {resource["service.instance.id"] for resource in sink.metric_resources}
    assert request.resource["service.instance.id"] in instances


def test_django_under_gunicorn_with_the_file_that_django_makes(sink: Sink) -> None:
    port = free_port()
    with running(sink, *GUNICORN, f"127.0.0.1:{port}", "django_shop.wsgi"):
        assert asked(f"http://127.0.0.1:{port}/items/21/") == "42"
        request = request_of(sink)
        sink.wait(lambda got: got.of_kind("CLIENT"))
    assert (request.name, request.scope) == ("GET items/<int:number>/", "django")
    (query,) = [query for query in sink.of_kind("CLIENT") if query.attributes["db.query.text"] == "SELECT %s * 2"]
    assert query.parent_id == request.span_id


def test_fastapi_under_uvicorn_workers_tells_a_request_and_its_calls_once(sink: Sink) -> None:
    port = free_port()
    with running(
        sink,
        "uvicorn",
        "--workers",
        "2",
        "--port",
        str(port),
        "--log-level",
        "warning",
        "fastapi_shop:app",
        PRICES=sink.url,
    ):
        assert asked(f"http://127.0.0.1:{port}/items/21") == "42"
        request = request_of(sink)
        assert asked(f"http://127.0.0.1:{port}/stock") == "200"
        request_of(sink, 2)
        sink.wait(lambda got: {span.scope for span in got.of_kind("CLIENT")} == {"httpx", "requests"})
    assert (request.name, request.scope) == ("GET /items/{number}", "fastapi")
    assert {span.trace_id for span in sink.of_kind("CLIENT")} == {span.trace_id for span in sink.of_kind("SERVER")}
    assert len(sink.of_kind("SERVER")) == len(sink.of_kind("CLIENT")) == 2


def test_starlette_under_uvicorn(sink: Sink) -> None:
    port = free_port()
    with running(sink, "uvicorn", "--port", str(port), "--log-level", "warning", "starlette_shop:app"):
        assert asked(f"http://127.0.0.1:{port}/items/21") == "42"
        request = request_of(sink)
        assert asked(f"http://127.0.0.1:{port}/shop/items/21") == "42"
        request_of(sink, 2)
    assert (request.name, request.scope) == ("GET /items/{number:int}", "starlette")
    assert [span.name for span in sink.spans if span.trace_id == request.trace_id] == [request.name]
    assert len(sink.of_kind("SERVER")) == 2


def test_a_task_of_celery_belongs_to_the_trace_that_sent_it(sink: Sink, tmp_path: Path) -> None:
    for name in ("queue", "control", "results"):
        (tmp_path / name).mkdir()
    worker = ("celery", "-A", "celery_shop", "worker", "-c", "1", "-l", "error", "--without-gossip", "--without-mingle")
    # Nothing leaves by itself in time: what a worker holds must go when it is told to end.
    with running(sink, *worker, QUEUE=str(tmp_path), OTEL_BSP_SCHEDULE_DELAY="60000"):
        assert run(sink, "python", "celery_shop.py", QUEUE=str(tmp_path)).stdout == "42\n"
    sink.wait(lambda got: got.of_kind("CONSUMER"))
    (sent,), (done,) = sink.of_kind("PRODUCER"), sink.of_kind("CONSUMER")
    assert (done.trace_id, done.parent_id) == (sent.trace_id, sent.span_id)
    assert re.search(r"celery_shop\.double$", done.name)
