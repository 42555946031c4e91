"""Programs that are instrumented already go on as they were, and nothing is told twice."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from launching import PROGRAMS, environment, run
from otlp_sink import Sink, sink

BY_HAND = """
import os, sys
import requests
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

provider = TracerProvider(resource=Resource.create({"team": "shop"}))
trace.set_tracer_provider(provider)
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=sys.argv[1] + "/v1/traces")))
with trace.get_tracer("mine").start_as_current_span("by hand"):
    requests.get(sys.argv[1])
"""


@pytest.fixture(name="theirs")
def another_sink() -> Iterator[Sink]:
    with sink() as got:
        yield got


def names(sink: Sink) -> list[str]:
    return sorted(span.name for span in sink.spans)


def test_a_provider_of_the_program_keeps_its_exporter_and_gets_ours(sink: Sink, theirs: Sink) -> None:
    done = run(sink, sys.executable, "-c", BY_HAND, theirs.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert names(theirs) == names(sink) == ["GET", "by hand"]
    assert {span.resource["team"] for span in theirs.spans} == {"shop"}
    assert {span.resource["telemetry.distro.name"] for span in theirs.spans} == {"echoline-agent"}


def test_a_program_that_sends_to_the_same_receiver_is_told_once(sink: Sink) -> None:
    done = run(sink, sys.executable, "-c", BY_HAND, sink.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert names(sink) == ["GET", "by hand"]


def test_a_program_without_exporter_is_sent_by_ours(sink: Sink) -> None:
    program = "\n".join(line for line in BY_HAND.splitlines() if "add_span_processor" not in line)
    done = run(sink, sys.executable, "-c", program, sink.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert names(sink) == ["GET", "by hand"]
    assert {span.resource["team"] for span in sink.spans} == {"shop"}


def test_instrumentors_that_the_program_calls_itself_make_no_second_span(sink: Sink) -> None:
    program = """if True:
        from opentelemetry.instrumentation.flask import FlaskInstrumentor
        from opentelemetry.instrumentation.requests import RequestsInstrumentor
        from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
        RequestsInstrumentor().instrument()
        import flask
        app = flask.Flask("shop")
        FlaskInstrumentor().instrument_app(app)
        import sqlalchemy
        engine = sqlalchemy.create_engine("sqlite://")
        SQLAlchemyInstrumentor().instrument(engine=engine)

        @app.get("/")
        def front():
            import requests, sys
            requests.get(sys.argv[1])
            with engine.connect() as connection:
                return str(connection.execute(sqlalchemy.text("SELECT 1")).scalar())

        assert app.test_client().get("/").text == "1"
    """
    done = run(sink, sys.executable, "-c", program, sink.url)
    assert done.returncode == 0, done.stderr
    told = [name for name in names(sink) if name != "PRAGMA"]  # SQLAlchemy asks them of SQLite once
    assert told == ["GET", "GET /", "SELECT"]


def test_fastapi_is_told_once_also_when_the_program_instruments_it(sink: Sink) -> None:
    program = """if True:
        import fastapi, fastapi.testclient
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
        app = fastapi.FastAPI()
        FastAPIInstrumentor.instrument_app(app)
        app.get("/")(lambda: 1)
        with fastapi.testclient.TestClient(app) as client:
            assert client.get("/").json() == 1
    """
    done = run(sink, sys.executable, "-c", program, OTEL_PYTHON_DISABLED_INSTRUMENTATIONS="httpx")
    assert done.returncode == 0, done.stderr
    assert [(span.name, span.scope) for span in sink.of_kind("SERVER")] == [("GET /", "fastapi")]


def test_a_log_handler_of_the_program_is_not_told_twice(sink: Sink) -> None:
    program = """if True:
        import logging, requests
        from opentelemetry.instrumentation.logging import LoggingInstrumentor
        LoggingInstrumentor().instrument()
        logging.warning("once")
    """
    done = run(sink, sys.executable, "-c", program)
    assert done.returncode == 0, done.stderr
    assert [log.body for log in sink.logs] == ["once"]


def test_opentelemetry_instrument_keeps_the_program_to_itself(sink: Sink) -> None:
    done = run(sink, "opentelemetry-instrument", "python", "flask_shop.py", OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf")
    assert done.returncode == 0, done.stderr
    assert "opentelemetry-instrument instruments this program already" in done.stderr
    assert len(sink.of_kind("SERVER")) == 1


def test_one_import_does_what_run_does(sink: Sink) -> None:
    program = "import echoline_agent.auto, runpy; runpy.run_path('flask_shop.py', run_name='__main__')"
    subprocess.run([sys.executable, "-c", program], env=environment(sink), cwd=PROGRAMS, check=True, timeout=60)
    assert names(sink) == ["GET /items/<int:number>", "SELECT"]
