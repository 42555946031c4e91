"""Gives a command the flags that every client has, and hands it the server and the way to answer."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from echoline.config import Settings
from echoline.surfaces.cli import settings
from echoline.surfaces.cli.client import Server
from echoline.surfaces.cli.connection import Target, connected
from echoline.surfaces.cli.output import Output

Url = Annotated[
    str | None,
    typer.Option(
        envvar="ECHOLINE_URL", show_envvar=False, help="The server; else the one running on the data directory."
    ),
]
Token = Annotated[
    str | None, typer.Option(envvar="ECHOLINE_TOKEN", show_envvar=False, help="For a server that wants one.")
]
NoStart = Annotated[bool, typer.Option("--no-start", help="Do not start a server when none is running.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True)
class Ask:
    """What a command works with."""

    server: Server
    output: Output
    settings: Settings


def _flags(
    url: Url = None,
    data_dir: settings.DataDir = None,
    config: settings.ConfigFile = None,
    token: Token = None,
    no_start: NoStart = False,
    as_json: Json = False,
) -> None:
    """Carries the flags' names, types and defaults."""


def asks(command: Callable[..., int | None], *, may_begin: bool = False) -> Callable[..., int | None]:
    """A command `f(ask, its own flags)` as one with the client flags behind its own, for Typer.

    With `may_begin` it makes a data directory where there is none.
    """

    @functools.wraps(command)
    def run(context: typer.Context, **given: Any) -> int | None:
        own = {name: value for name, value in given.items() if name not in flags}
        loaded = settings.load(given["config"], data_dir=given["data_dir"])
        # Nothing comes in to be followed at a private server: it receives nothing.
        may_start = not given["no_start"] and not own.get("follow")
        names_folder = loaded.origins["data_dir"] != "default"
        target = Target(given["url"], given["token"], may_start, names_folder, may_begin)
        with connected(target, loaded.settings, context.obj) as server:
            return command(Ask(server, Output(given["as_json"]), loaded.settings), **own)

    flags = inspect.signature(_flags).parameters
    own = [each for name, each in inspect.signature(command).parameters.items() if name != "ask"]
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    parameters = [context, *own, *flags.values()]
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    )
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def command(function: Callable[..., int | None], *, may_begin: bool = False) -> typer.Typer:
    """One command that asks a server, as the catalogue wants it."""
    made = typer.Typer(rich_markup_mode=None, add_completion=False)
    made.command()(asks(function, may_begin=may_begin))
    return made
