"""Reads our Markdown: which documents there are, and the links, commands and samples in them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """A fenced block of a document."""

    document: Path
    line: int
    language: str
    text: str


def tracked(repository: Path) -> list[Path]:
    """Every file of the repository; those that are new and not ignored too."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (repository / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def documents(repository: Path) -> list[Path]:
    """Our Markdown files."""
    return [path for path in tracked(repository) if path.suffix == ".md"]


def links(document: Path) -> Iterator[str]:
    """Targets of the links in a document, those in code left out."""
    text = re.sub(r"```.*?```|`[^`]*`", "", document.read_text("utf-8"), flags=re.DOTALL)
    yield from re.findall(r"\]\(([^)\s]+)\)", text)


def anchors(document: Path) -> set[str]:
    """What a link to this document may name behind #."""
    headings = re.findall(r"^#+ (.*)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def samples(document: Path) -> Iterator[Sample]:
    """Fenced blocks that name a language."""
    text = document.read_text("utf-8")
    for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Sample(document, text.count("\n", 0, match.start()) + 1, match[1], match[2])


def code(document: Path) -> str:
    """All that is set as code: between backticks, in fences, indented by four."""
    text = document.read_text("utf-8")
    fenced = re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    indented = re.findall(r"^ {4}\S.*$", text, re.MULTILINE)
    return "\n".join([*fenced, *indented, *re.findall(r"`([^`\n]+)`", text)])


def commands(text: str) -> set[str]:
    """The names of `echoline` commands in some code."""
    return set(re.findall(r"(?:^|[\s`/])echoline ([a-z][a-z-]*)\b(?![.:=/])", text))


def command_lines(text: str) -> Iterator[list[str]]:
    """The words behind `echoline` of each command in some code, up to a comment, a pipe or a second command."""
    for line in re.findall(r"(?:^|[\s`/])echoline ([a-z][^\n]*)", text):
        yield re.split(r"\s(?:#|\||&&|>)|`", line)[0].split()


def tasks(text: str) -> set[str]:
    """The names of `make` tasks in some code."""
    return set(re.findall(r"(?:^|[\s`])make ([a-z][a-z-]*)\b", text))


def names_of_tests() -> set[str]:
    """`file::name` of every test, the file relative to the tests' folder."""
    return {
        f"{file.relative_to(TESTS).as_posix()}::{node.name}"
        for file in TESTS.rglob("test_*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
