"""`echoline run` and `echoline stamp`: the agent's commands, beside a running Echoline."""

import json
import subprocess
import sys
from pathlib import Path

from echoline_process import echoline, settled, started

PROGRAM = """
import flask
app = flask.Flask("shop")
app.get("/items/<int:number>")(lambda number: str(number))
assert app.test_client().get("/items/21").text == "21"
"""


def test_a_program_that_is_run_sends_to_the_echoline_that_runs_here(tmp_path: Path) -> None:
    with started("up", tmp_path / "data") as instance:
        done = echoline(
            "run", "--data-dir", tmp_path / "data", "--", sys.executable, "-c", PROGRAM, OTEL_SERVICE_NAME="shop"
        )
        assert done.returncode == 0, done.stderr
        settled(instance)
        asked = echoline("endpoints", "--data-dir", tmp_path / "data", "--json")
        (endpoint,) = json.loads(asked.stdout)["items"]
        assert (endpoint["service"], endpoint["name"]) == ("shop", "GET /items/{number}")
        instance.end()


def test_what_cannot_be_instrumented_is_refused(tmp_path: Path) -> None:
    done = echoline("run", "--data-dir", tmp_path, "--", sys.executable, "-I", "-c", "print('ran')")
    assert (done.returncode, done.stdout) == (2, "")
    assert "python -I isolates it" in done.stderr


def test_a_stamp_names_the_commit(tmp_path: Path) -> None:
    done = echoline("stamp", "--output", tmp_path / "stamp.json", "--revision", "4f2c1d0")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "stamp.json").read_text())["revision"] == "4f2c1d0"


def test_the_revision_of_a_repository_is_the_one_that_git_says(tmp_path: Path) -> None:
    head = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    echoline("stamp", "--output", tmp_path / "stamp.json", GITHUB_SHA="")
    assert json.loads((tmp_path / "stamp.json").read_text())["revision"] == head
