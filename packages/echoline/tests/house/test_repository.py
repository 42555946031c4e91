"""What the repository says about the machines and Pythons it is made for."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from documents import tracked

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
LOCKS = ["requirements.lock", "package-lock.json", ".npmrc"]


def texts(repository: Path) -> dict[Path, str]:
    """Every file of the repository that is text."""
    found = {}
    for path in tracked(repository):
        raw = path.read_bytes()
        if b"\0" not in raw[:8_000]:
            found[path] = raw.decode("utf-8", "replace")
    return found


def test_no_file_names_a_folder_of_this_machine(repository: Path) -> None:
    ours = {str(repository), str(Path.home()), sys.prefix, sys.base_prefix} - {"/", "/usr", "/root"}
    assert [(path, each) for path, text in texts(repository).items() for each in ours if each in text] == []


def test_locks_name_no_registry(repository: Path) -> None:
    locks = {path: text for path, text in texts(repository).items() if path.name in LOCKS}
    assert repository / "requirements.lock" in locks
    assert [(path, found) for path, text in locks.items() for found in re.findall(r"https?://\S+", text)] == []


def test_every_locked_requirement_has_hashes(repository: Path) -> None:
    lock = (repository / "requirements.lock").read_text("utf-8")
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE).strip())
    assert len(entries) > 50
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_pythons_are_the_same_everywhere(repository: Path) -> None:
    project = tomllib.loads((repository / "packages/echoline/pyproject.toml").read_text("utf-8"))["project"]
    allowed = SpecifierSet(project["requires-python"])
    assert [python for python in [*PYTHONS, "3.10", "3.15"] if python in allowed] == PYTHONS
    tools = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["tool"]
    assert tools["ruff"]["target-version"] == "py311"
    makefile = (repository / "Makefile").read_text("utf-8")
    assert "sys.version_info < (3, 11)" in makefile
    assert "--python-version 3.11 " in makefile
    for page in ("README.md", "packages/echoline/README.md"):
        assert "Python 3.11 to 3.14" in (repository / page).read_text("utf-8")


@pytest.mark.parametrize("young", ["chdb", "chdb-core", "ptars"])
def test_young_parts_are_pinned_exactly(repository: Path, young: str) -> None:
    project = tomllib.loads((repository / "packages/echoline/pyproject.toml").read_text("utf-8"))["project"]
    pins = {Requirement(each).name: str(Requirement(each).specifier) for each in project["dependencies"]}
    assert re.fullmatch(r"==[\d.]+", pins[young])


def test_license_is_the_one_that_is_named(repository: Path) -> None:
    text = (repository / "LICENSE").read_text("utf-8").split()
    assert text[:4] == ["Apache", "License", "Version", "2.0,"]
    project = tomllib.loads((repository / "packages/echoline/pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
