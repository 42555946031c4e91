"""How the agent gets in, and when it stays out of the way."""

import sys
from pathlib import Path

from launching import bare_environment, run
from otlp_sink import Sink


def test_a_sitecustomize_of_the_program_still_runs(sink: Sink, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('theirs')\n")
    done = run(sink, sys.executable, "flask_shop.py", PYTHONPATH=str(tmp_path))
    # Once in the launcher, once in the program.
    assert (done.returncode, done.stdout) == (0, "theirs\n" * 2)
    assert len(sink.of_kind("SERVER")) == 1


def test_a_shell_script_is_started_after_one_line_and_its_python_is_instrumented(sink: Sink, tmp_path: Path) -> None:
    script = tmp_path / "serve"
    script.write_text("#!/bin/sh\nexec python flask_shop.py\n")
    script.chmod(0o755)
    done = run(sink, str(script))
    assert done.returncode == 0
    assert done.stderr.splitlines()[0].startswith(f"echoline: {script} is not a Python program")
    assert len(sink.of_kind("SERVER")) == 1


def test_behind_a_shell_script_an_old_opentelemetry_is_left_alone(sink: Sink, tmp_path: Path) -> None:
    python = bare_environment(tmp_path / "venv")
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    old = packages / "opentelemetry_sdk-1.20.0.dist-info"
    old.mkdir()
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: opentelemetry-sdk\nVersion: 1.20.0\n")
    script = tmp_path / "serve"
    script.write_text(f"#!/bin/sh\nexec {python} -c 'import sqlite3; print(42)'\n")
    script.chmod(0o755)
    done = run(sink, str(script))
    assert (done.returncode, done.stdout) == (0, "42\n")
    (line,) = [line for line in done.stderr.splitlines() if "is not instrumented" in line]
    assert "its OpenTelemetry 1.20.0 is older than 1.38" in line
    assert f"{python} -m pip install 'opentelemetry-sdk>=1.38'" in line
    assert sink.paths == []
    # Named directly, it is refused before it starts.
    refused = run(sink, python, "-c", "print(42)")
    assert (refused.returncode, refused.stdout) == (2, "")


def test_the_libraries_of_the_program_come_before_those_of_the_bundle(sink: Sink, bare_python: str) -> None:
    program = "import flask, sys; print([path for path in sys.path if 'echoline' in path][-1] == sys.path[-1])"
    done = run(sink, bare_python, "-c", program)
    assert (done.returncode, done.stdout) == (0, "True\n")


def test_django_without_settings_fails_as_it_does_alone_after_one_line(sink: Sink) -> None:
    done = run(sink, sys.executable, "-c", "from django.core.wsgi import get_wsgi_application as make; make()")
    assert done.returncode == 1
    assert "ImproperlyConfigured" in done.stderr
    assert "echoline: Django is not instrumented: it has no settings; export DJANGO_SETTINGS_MODULE=" in done.stderr


def test_the_agent_says_what_it_costs_itself(sink: Sink) -> None:
    assert run(sink, sys.executable, "flask_shop.py").returncode == 0
    assert "echoline.agent.cpu.time" in sink.metrics


def test_switched_off_it_does_nothing(sink: Sink) -> None:
    done = run(sink, sys.executable, "flask_shop.py", ECHOLINE_AGENT_ENABLED="0")
    assert done.returncode == 0
    assert sink.paths == []


def test_values_that_are_not_understood_are_told(sink: Sink) -> None:
    done = run(sink, sys.executable, "-c", "pass", ECHOLINE_AGENT_BUDGET="plenty")
    assert done.stderr.startswith("echoline: ECHOLINE_AGENT_BUDGET='plenty' is not understood")
