"""The command line itself: what commands may start, and what becomes of an error."""

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from echoline.config import Settings
from echoline.errors import BadConfig, BadInput, EcholineError
from echoline.surfaces.cli.catalogue import Commands

FINE, FOUND, USAGE, FAILED = 0, 1, 2, 3
INTERRUPTED = 130


@dataclass(frozen=True)
class Processes:
    """What the commands may start. They cannot import it: the processes are a floor above."""

    run: Callable[[str, Settings, Path | None], int]
    """Runs `up`, `receive`, `serve` or `engine` here, with the file to write when ready. Gives the exit code."""
    beside: Callable[[str, Settings], AbstractContextManager[dict[str, str]]]
    """Runs `up`, or `private-serve` for one command alone, until the end of the block. Gives its listeners."""


root = typer.Typer(
    cls=Commands,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@root.callback()
def echoline(
    show_version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Developer observability: what code does at run time, told to the people who write it."""


def main(processes: Processes, arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; whatever fails is one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without block characters gets question marks
    try:
        code = _run(processes, sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough: `echoline logs | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    return code


def _run(processes: Processes, arguments: Sequence[str]) -> int:
    if list(arguments) == ["--version"]:
        print(f"echoline {version('echoline')}")
        return FINE
    try:
        code = typer.main.get_command(root).main(list(arguments), "echoline", standalone_mode=False, obj=processes)
    except TyperException as error:
        return _usage(error)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except EcholineError as error:
        words = str(error).replace("\n", " ")
        print(f"echoline: {words}", file=sys.stderr)
        return USAGE if isinstance(error, BadConfig | BadInput) else FAILED
    return code if isinstance(code, int) else FINE


def _usage(error: TyperException) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "echoline"
    if message := error.format_message().replace("Value error, ", ""):
        is_help = message.startswith("Usage: ")  # a group without a command
        told = message if is_help else f"echoline: {message.rstrip('.')} (see {path} --help)"
        print(told, file=sys.stderr)
    return USAGE
