"""Reads a command line: which program it starts, with which interpreter and which of its flags."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PYTHON = re.compile(r"(?:python|pypy)(?:\d+(?:\.\d+)*)?t?(?:\.exe)?")
POLYGLOT = re.compile(rb"^'''exec' (\"[^\"]+\"|\S+)")
"""The second line of console scripts whose interpreter has too long a path for a shebang."""
WITH_VALUE = "WX"


@dataclass(frozen=True)
class Python:
    """An interpreter and its part of the command line."""

    executable: str
    flags: frozenset[str] = frozenset()
    """Letters, such as `I` for isolated."""
    module: str | None = None
    script: str | None = None
    arguments: tuple[str, ...] = field(default=())
    """What the program itself is given."""


@dataclass(frozen=True)
class Wrapper:
    """A program that is not Python's: it may start some."""

    executable: str


@dataclass(frozen=True)
class Missing:
    """There is no such program."""

    name: str


def read(command: Sequence[str], environ: Mapping[str, str]) -> Python | Wrapper | Missing:
    """What a command line starts."""
    found = shutil.which(command[0], path=environ.get("PATH"))
    if found is None:
        return Missing(command[0])
    if PYTHON.fullmatch(Path(found).name):
        return _python(found, command[1:])
    line = _shebang(Path(found))
    if line is None:
        return Wrapper(found)
    interpreter, *options = line
    if Path(interpreter).name == "env":
        options = [option for option in options if option not in ("-S", "--split-string")]
        while options and "=" in options[0]:
            options.pop(0)
        name = options.pop(0) if options else ""
        interpreter = shutil.which(name, path=environ.get("PATH")) or name
    if not PYTHON.fullmatch(Path(interpreter).name):
        return Wrapper(found)
    return _python(interpreter, [*options, found, *command[1:]])


def _shebang(path: Path) -> list[str] | None:
    """The words of a script's first line; None where it has none."""
    try:
        with path.open("rb") as file:
            first, second = file.readline(4096), file.readline(4096)
    except OSError:
        return None
    if not first.startswith(b"#!"):
        return None
    if Path(first[2:].split()[0].decode("utf-8", "replace")).name == "sh" and (long := POLYGLOT.match(second)):
        return [long.group(1).decode("utf-8", "replace").strip('"')]
    words = first[2:].decode("utf-8", "replace").split()
    return words or None


def _python(executable: str, words: Sequence[str]) -> Python:
    flags: set[str] = set()
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word.startswith("--"):
            if word == "--check-hash-based-pycs" and rest:
                rest.pop(0)
            continue
        for at, letter in enumerate(word[1:], 2):
            attached = word[at:]
            if letter in "cm":
                value = attached or (rest.pop(0) if rest else "")
                module = value if letter == "m" else None
                return Python(executable, frozenset(flags), module, None, tuple(rest))
            if letter in WITH_VALUE:
                if not attached and rest:
                    rest.pop(0)
                break
            flags.add(letter)
    script = rest.pop(0) if rest else None
    return Python(executable, frozenset(flags), None, script, tuple(rest))
