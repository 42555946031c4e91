"""A command line says which interpreter will run, and with which flags."""

import os
import sys
from pathlib import Path

import pytest

from echoline_agent.launcher.command import Missing, Python, Wrapper, read

PYTHON = sys.executable


def script(folder: Path, first_lines: str) -> str:
    path = folder / "tool"
    path.write_text(f"{first_lines}\nprint('hello')\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["app.py", "-I", "x"], Python(PYTHON, frozenset(), None, "app.py", ("-I", "x"))),
        (["-u", "-W", "error", "-Xdev", "app.py"], Python(PYTHON, frozenset("u"), None, "app.py")),
        (["-Im", "shop", "-E"], Python(PYTHON, frozenset("I"), "shop", None, ("-E",))),
        (["-c", "print()", "-S"], Python(PYTHON, frozenset(), None, None, ("-S",))),
        (["-sES", "app.py"], Python(PYTHON, frozenset("sES"), None, "app.py")),
        (["--check-hash-based-pycs", "never", "app.py"], Python(PYTHON, frozenset(), None, "app.py")),
        ([], Python(PYTHON)),
    ],
)
def test_flags_of_the_interpreter_end_where_the_program_begins(words: list[str], expected: Python) -> None:
    assert read([PYTHON, *words], os.environ) == expected


@pytest.mark.parametrize(
    ("lines", "interpreter", "flags"),
    [
        (f"#!{PYTHON}", PYTHON, ""),
        (f"#!{PYTHON} -I", PYTHON, "I"),
        (f"#!/usr/bin/env -S {PYTHON} -E", PYTHON, "E"),
        (f"#!/bin/sh\n'''exec' \"{PYTHON}\" \"$0\" \"$@\"\n' '''", PYTHON, ""),
    ],
)
def test_a_console_script_names_its_interpreter(tmp_path: Path, lines: str, interpreter: str, flags: str) -> None:
    path = script(tmp_path, lines)
    assert read([path, "serve"], os.environ) == Python(interpreter, frozenset(flags), None, path, ("serve",))


def test_a_shell_script_and_a_binary_are_wrappers(tmp_path: Path) -> None:
    path = script(tmp_path, "#!/bin/sh")
    assert read([path], os.environ) == Wrapper(path)
    assert isinstance(read(["env"], os.environ), Wrapper)


def test_what_is_not_there_is_missing() -> None:
    assert read(["no-such-program"], os.environ) == Missing("no-such-program")
