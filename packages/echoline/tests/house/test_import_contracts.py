"""Each never-rule is broken on purpose, and its own contract must notice."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT_IMPORTS = str(Path(sys.executable).with_name("lint-imports"))
# (what is done, in which file, the added line, the number of the contract that must notice)
BREACHES = [
    ("model imports pipeline", "model/records.py", "from echoline.pipeline import load", "1"),
    ("kinds imports registry", "kinds.py", "from echoline import registry", "1"),
    ("siblings of one floor", "journal/reader.py", "from echoline.decoding import compression", "1"),
    ("a package without a floor", "helpers/__init__.py", "", "1"),
    ("a circle", "pipeline/load.py", "from echoline.app import engine", "2"),
    ("a circle hidden in a function", "pipeline/load.py", "def f():\n    from echoline.app import engine", "2"),
    ("redact knows normalise", "processors/redact.py", "from echoline.processors import normalise", "3a"),
    ("the terminal knows the API", "surfaces/cli/__init__.py", "from echoline.surfaces import http_api", "3b"),
    ("app names a processor", "app/engine.py", "from echoline.processors import redact", "4"),
    ("pipeline names a receiver", "pipeline/load.py", "from echoline.receivers import otlp_http", "4"),
    ("a query names the engine", "queries/operations.py", "from echoline.stores import engine", "4"),
    ("a surface imports the engine's driver", "surfaces/http_api/__init__.py", "import chdb", "5"),
    ("rows import the engine's driver", "stores/rows.py", "import chdb", "5"),
    ("a surface speaks SQL objects", "surfaces/http_api/__init__.py", "import sqlalchemy", "5b"),
    ("pipeline imports a wire format", "pipeline/load.py", "import grpc", "6"),
    ("a store imports a wire format", "stores/rows.py", "import opentelemetry.proto.trace.v1.trace_pb2", "6"),
    ("a query imports a web framework", "queries/operations.py", "import fastapi", "6"),
    ("a processor reads the clock", "processors/redact.py", "import time", "7"),
    ("a query reads the environment", "queries/operations.py", "import os", "7"),
    ("a comparison draws numbers", "statistics/rates.py", "import random", "7"),
    ("the agent imports the server", "../echoline_agent/__init__.py", "import echoline.config", "8"),
]


def broken(source: Path, repository: Path) -> set[str]:
    """The numbers of the contracts that notice something in this copy of the source."""
    done = subprocess.run(
        [*(LINT_IMPORTS, "--no-logo", "--no-cache"), "--config", str(repository / "importlinter.toml")],
        env={**os.environ, "PYTHONPATH": str(source), "COLUMNS": "400", "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^(\d\w?) [^\n]* BROKEN", done.stdout, re.MULTILINE)
    assert found or done.returncode == 0, done.stdout + done.stderr
    return set(found)


@pytest.fixture
def source(repository: Path, tmp_path: Path) -> Path:
    """A copy of our source that may be damaged."""
    ignore = shutil.ignore_patterns("__pycache__", "*.sql", "static")
    for distribution, package in (("echoline", "echoline"), ("echoline-agent", "echoline_agent")):
        shutil.copytree(repository / f"packages/{distribution}/src/{package}", tmp_path / package, ignore=ignore)
    return tmp_path


def test_the_house_keeps_its_contracts(source: Path, repository: Path) -> None:
    assert broken(source, repository) == set()


@pytest.mark.parametrize(("breach", "file", "line", "number"), BREACHES, ids=[b[0] for b in BREACHES])
def test_a_breach_is_noticed_by_its_contract(
    breach: str, file: str, line: str, number: str, source: Path, repository: Path
) -> None:
    path = source / "echoline" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else '"""New."""\n') + f"\n{line}\n")
    assert number in broken(source, repository), breach


def test_every_contract_is_broken_by_some_breach(repository: Path) -> None:
    numbers = set(re.findall(r'^name = "(\d\w?) ', (repository / "importlinter.toml").read_text(), re.MULTILINE))
    assert numbers == {number for *_, number in BREACHES}
