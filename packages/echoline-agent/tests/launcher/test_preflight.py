"""What cannot work is refused before it starts, with the line that mends it."""

import os
import sys
from pathlib import Path

import pytest

from echoline_agent.compatibility import Bundle
from echoline_agent.launcher.command import Missing, Python, Wrapper
from echoline_agent.launcher.preflight import judged

BUNDLE = Bundle({"opentelemetry-api": "1.45.1", "opentelemetry-sdk": "1.45.1"}, {})


def fake_python(folder: Path, said: str) -> str:
    """An interpreter that says of itself what a test needs of it."""
    path = folder / "python3"
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("flag", ["I", "E", "S"])
def test_flags_that_keep_the_agent_out_are_refused(flag: str) -> None:
    refusal = judged(Python(sys.executable, frozenset(flag), None, "app.py"), BUNDLE, os.environ).refusal
    assert f"leave out -{flag}" in refusal
    assert "import echoline_agent.auto" in refusal


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('["cpython", [3, 10], "/usr", {}]', "is cpython 3.10; CPython 3.11 to 3.14"),
        ('["pypy", [3, 11], "/usr", {}]', "is pypy 3.11"),
        ("Segmentation fault", "does not start"),
    ],
)
def test_interpreters_that_cannot_be_instrumented_are_refused(tmp_path: Path, said: str, told: str) -> None:
    python = fake_python(tmp_path, said)
    assert told in judged(Python(python), BUNDLE, os.environ).refusal


def test_an_old_opentelemetry_is_refused_with_the_line_that_installs_a_newer_one(tmp_path: Path) -> None:
    python = fake_python(tmp_path, '["cpython", [3, 12], "/usr", {"opentelemetry-sdk": "1.20.0"}]')
    assert judged(Python(python), BUNDLE, os.environ).refusal == (
        "its OpenTelemetry 1.20.0 is older than 1.38, the oldest that the agent works with: "
        f"{python} -m pip install 'opentelemetry-sdk>=1.38' 'opentelemetry-exporter-otlp-proto-http>=1.38' "
        "'echoline-agent'"
    )


def test_a_server_of_django_without_settings_is_refused() -> None:
    django = Python(sys.executable, script="/bin/django-admin", arguments=("runserver",))
    assert "DJANGO_SETTINGS_MODULE=" in judged(django, BUNDLE, {}).refusal
    assert judged(django, BUNDLE, {**os.environ, "DJANGO_SETTINGS_MODULE": "shop.settings"}).refusal == ""
    assert (
        judged(Python(sys.executable, module="django", arguments=("startproject",)), BUNDLE, os.environ).refusal == ""
    )


def test_a_wrapper_starts_after_one_line() -> None:
    judgement = judged(Wrapper("/bin/run.sh"), BUNDLE, os.environ)
    assert judgement.refusal == ""
    assert judgement.remarks[0].startswith("/bin/run.sh is not a Python program")


def test_a_program_that_is_not_there_is_refused() -> None:
    assert judged(Missing("shop"), BUNDLE, os.environ).refusal == "there is no program 'shop' on PATH"
