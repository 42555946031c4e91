"""`run -- COMMAND...` instruments a program in whatever environment it runs."""

import sys
import time

from launching import run
from otlp_sink import Sink


def assert_flask_is_seen(sink: Sink) -> None:
    (request,) = sink.of_kind("SERVER")
    (query,) = sink.of_kind("CLIENT")
    assert (request.name, request.attributes["http.response.status_code"]) == ("GET /items/<int:number>", 200)
    assert (query.scope, query.attributes["db.query.text"]) == ("sqlite3", "SELECT ? * 2")
    assert query.parent_id == request.span_id
    # Of whichever environment the instrumentation comes, it is no code of the program's.
    assert query.attributes["code.function.name"] == "flask_shop.item"
    (log,) = sink.logs
    assert (log.body, log.trace_id) == ("item 21 was asked for", request.trace_id)
    assert {"http.server.request.duration", "db.client.operation.duration"} <= sink.metrics


def test_a_program_beside_the_agent_sends_traces_logs_and_metrics(sink: Sink) -> None:
    done = run(sink, sys.executable, "flask_shop.py")
    assert (done.returncode, done.stderr) == (0, "item 21 was asked for\n")
    assert_flask_is_seen(sink)


def test_a_program_in_an_environment_without_opentelemetry_is_given_ours(sink: Sink, bare_python: str) -> None:
    done = run(sink, bare_python, "flask_shop.py")
    assert (done.returncode, done.stderr) == (0, "item 21 was asked for\n")
    assert_flask_is_seen(sink)


def test_the_program_keeps_its_own_exit_code(sink: Sink) -> None:
    assert run(sink, sys.executable, "-c", "raise SystemExit(7)").returncode == 7


def test_a_plain_program_imports_no_opentelemetry(sink: Sink) -> None:
    done = run(sink, sys.executable, "-c", "import sys; print('opentelemetry' in sys.modules)")
    assert done.stdout == "False\n"
    assert sink.paths == []


def test_the_program_logs_as_it_does_alone(sink: Sink) -> None:
    program = "import logging, requests; logging.basicConfig(format='mine: %(message)s'); logging.warning('late')"
    done = run(sink, sys.executable, "-c", program)
    assert done.stderr == "mine: late\n"
    assert [log.body for log in sink.logs] == ["late"]


def test_without_a_receiver_the_program_ends_at_once_after_one_line() -> None:
    began = time.monotonic()
    done = run(None, sys.executable, "flask_shop.py", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 0
    told = [line for line in done.stderr.splitlines() if line.startswith("echoline:")]
    assert len(told) == 1
    assert told[0].startswith("echoline: telemetry does not get to http://127.0.0.1:9, the program goes on without it")
    # An exporter by itself tries for ten seconds at exit, and there are three.
    assert time.monotonic() - began < 9.0
