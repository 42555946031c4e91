"""What our documents say is there."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from documents import Sample, anchors, code, command_lines, commands, documents, links, samples, tasks, tracked
from echoline import config
from echoline.surfaces.cli.catalogue import COMMANDS, Commands

REPOSITORY = Path(__file__).parents[4]
DOCUMENTS = documents(REPOSITORY)
# These speak of what is still to come; tests/docs looks after the promises.
PLANS = {"promises.md"}


def name(document: Path) -> str:
    return document.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    for link in links(document):
        if "://" not in link and not link.startswith("mailto:"):
            path, _, anchor = link.partition("#")
            target = (document.parent / path).resolve() if path else document
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", [path for path in DOCUMENTS if path.name not in PLANS], ids=name)
def test_commands_and_tasks_exist(document: Path, make_tasks: set[str]) -> None:
    written = code(document)
    assert commands(written) <= {entry.name for entry in COMMANDS}
    assert tasks(written) <= make_tasks


@pytest.mark.parametrize("document", [path for path in DOCUMENTS if path.name not in PLANS], ids=name)
def test_flags_of_commands_exist(document: Path) -> None:
    for line in command_lines(code(document)):
        words = [*line, "--"][: [*line, "--"].index("--")]  # what follows belongs to another command
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= flags(words), words


def flags(words: Sequence[str]) -> set[str]:
    """The flags that the command (or command of a command) takes."""
    command = Commands().get_command(None, words[0])
    assert command is not None
    for word in words[1:]:
        command = getattr(command, "commands", {}).get(word, command)
    return {flag for each in command.params for flag in (*each.opts, *each.secondary_opts)} | {"--help"}


@pytest.fixture(scope="module")
def make_tasks(repository: Path) -> set[str]:
    """The tasks that `make help` lists."""
    told = subprocess.run(["make", "--no-print-directory", "help"], cwd=repository, capture_output=True, check=True)
    return {line.split()[1] for line in told.stdout.decode().splitlines() if line.strip().startswith("make ")} | {
        "help"
    }


def test_documents_that_code_names_exist() -> None:
    sources = [
        path for path in tracked(REPOSITORY) if path.suffix in {".py", ".toml", ".sql"} or path.name == "Makefile"
    ]
    named = {each for path in sources for each in re.findall(r"\bdocs/[\w/-]+\.md\b", path.read_text("utf-8"))}
    assert {each for each in named if not (REPOSITORY / each).is_file()} == set()


def test_every_decision_is_listed() -> None:
    folder = REPOSITORY / "docs/decisions"
    assert {path.name for path in folder.glob("0*.md")} == set(links(folder / "README.md"))


def test_changelog_fragments_say_issue_and_kind() -> None:
    files = {path.name for path in (REPOSITORY / "changelog.d").iterdir()} - {"README.md"}
    assert [each for each in files if not re.fullmatch(r"\d+_[a-z0-9-]+\.(breaking|feature|fix)\.md", each)] == []


def of_language(language: str) -> list[Sample]:
    return [sample for document in DOCUMENTS for sample in samples(document) if sample.language == language]


def test_python_samples_run(tmp_path: Path) -> None:
    for sample in of_language("python"):
        command = [sys.executable, "-c", sample.text]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{sample.document}:{sample.line}: {done.stderr}"


def test_settings_samples_are_settings(tmp_path: Path) -> None:
    file = tmp_path / "echoline.toml"
    for sample in of_language("toml"):
        file.write_text(sample.text, "utf-8")
        assert str(file) in config.load(environ={}, file=file).origins.values()


def test_architecture_has_a_line_for_every_package() -> None:
    source = REPOSITORY / "packages/echoline/src/echoline"
    page = (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8")
    packages = {init.parent.name for init in source.glob("*/__init__.py")}
    assert {package for package in packages if f"`{package}/" not in page} == set()


def test_architecture_names_only_files_that_exist() -> None:
    packages = REPOSITORY / "packages"
    places = (packages / "echoline/src/echoline", packages / "echoline-agent/src/echoline_agent", REPOSITORY)
    written = code(REPOSITORY / "ARCHITECTURE.md").split()
    files = [word for word in written if word.endswith((".py", ".sql")) and "*" not in word]
    assert files
    assert [file for file in files if not any((place / file).is_file() for place in places)] == []
