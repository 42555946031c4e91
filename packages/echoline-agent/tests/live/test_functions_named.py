"""With the agent inside, requests, tasks and calls name their functions under real servers."""

from pathlib import Path
from typing import Any

import pytest

from functions.serving import answers
from launching import PROGRAMS, asked, free_port, run, running
from otlp_sink import Sink

SERVERS = {
    "flask_shop.item": ("gunicorn", "--bind", "127.0.0.1:{port}", "flask_shop:app"),
    "django_shop.urls.item": ("gunicorn", "--bind", "127.0.0.1:{port}", "django_shop.wsgi"),
    "fastapi_shop.item": ("uvicorn", "--workers", "2", "--port", "{port}", "--log-level", "error", "fastapi_shop:app"),
    "starlette_shop.item": ("uvicorn", "--port", "{port}", "--log-level", "error", "starlette_shop:app"),
}


@pytest.mark.parametrize("function", SERVERS)
def test_a_request_and_what_it_asks_for_have_the_function_of_the_view(sink: Sink, function: str) -> None:
    port = free_port()
    command = [part.format(port=port) for part in SERVERS[function]]
    slash = "/" if function.startswith("django") else ""
    with running(sink, *command, PRICES=sink.url):
        assert asked(f"http://127.0.0.1:{port}/items/21{slash}") == "42"
        sink.wait(lambda got: len(got.of_kind("SERVER")) == 1)
        if not function.startswith("starlette"):
            sink.wait(lambda got: got.of_kind("CLIENT"))
    spans = [*sink.of_kind("SERVER"), *sink.of_kind("CLIENT")]
    assert {span.attributes.get("code.function.name") for span in spans} == {function}
    assert {span.attributes.get("code.file.path") for span in spans} == {file_of(function)}


def file_of(function: str) -> str:
    return str(PROGRAMS / Path(*function.split(".")[:-1]).with_suffix(".py"))


def test_a_task_has_the_function_that_runs_it_and_what_sends_it_the_one_that_did(sink: Sink, tmp_path: Path) -> None:
    for name in ("queue", "control", "results"):
        (tmp_path / name).mkdir()
    worker = ("celery", "-A", "celery_shop", "worker", "-c", "1", "-l", "error", "--without-gossip", "--without-mingle")
    with running(sink, *worker, QUEUE=str(tmp_path)):
        assert run(sink, "python", "celery_shop.py", QUEUE=str(tmp_path)).stdout == "42\n"
        sink.wait(lambda got: got.of_kind("CONSUMER"))
    (done,), (sent,) = sink.of_kind("CONSUMER"), sink.of_kind("PRODUCER")
    assert done.attributes.get("code.function.name") == "celery_shop.double"
    assert sent.attributes.get("code.function.name") == "celery_shop.<module>"


@pytest.mark.parametrize("program", ["fastapi_shop", "flask_shop", "django_shop"])
def test_nearly_every_span_that_a_program_causes_has_its_function(program: str, sink: Sink) -> None:
    """The applications that say what is behind each of their spans, this time under `run`, with their own provider."""
    told: dict[str, Any] = answers(program, sink)
    caused = [span for span in told["spans"] if span["truth"] and span["truth"] != "unknown"]
    right = [span for span in caused if span.get("function.name") == span["truth"]]
    print(f"{program} under run: {len(right)} of {len(caused)}")
    assert len(caused) >= 35
    assert len(right) / len(caused) >= 0.99, [span for span in caused if span not in right]
