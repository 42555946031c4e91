"""`echoline run` and `echoline stamp`: the agent's commands, sending to the Echoline that runs here."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from echoline.surfaces.cli import settings
from echoline.surfaces.cli.connection import running

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"

Command = Annotated[list[str], typer.Argument(metavar="-- COMMAND...", help="The command, as you would type it.")]
Output = Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.  [default: echoline-stamp.json]")]
Commit = Annotated[str | None, typer.Option("--revision", help="The commit, where .git and CI do not name it.")]
Branch = Annotated[str | None, typer.Option(help="The branch, likewise.")]
RepositoryUrl = Annotated[str | None, typer.Option(help="The repository, likewise.")]
BuildVersion = Annotated[str | None, typer.Option("--version", help="The version that this build makes.")]


def run(command: Command, data_dir: settings.DataDir = None, config: settings.ConfigFile = None) -> None:
    """Run a Python program with the agent inside, without a change in its code.

    It sends to the Echoline running here, unless OTEL_EXPORTER_OTLP_ENDPOINT says where. Exits 2, with the line that
    mends it, when the program cannot be instrumented; else as the program does.
    """
    from echoline_agent.launcher.run import run as launch

    environ = dict(os.environ)
    if not environ.get(ENDPOINT):
        loaded = settings.load(config, data_dir=data_dir).settings
        found = running(loaded.data_dir)
        listeners = found.listeners if found else {}
        environ[ENDPOINT] = listeners.get("http", f"http://{loaded.server.host}:{loaded.server.http_port}")
        if "http" not in listeners:
            told = (
                f"no Echoline runs on {loaded.data_dir}: sending to {environ[ENDPOINT]}; start one with `echoline up`"
            )
            print(f"echoline: {told}", file=sys.stderr)
    launch(command, environ)


def stamp(
    output: Output = None,
    revision: Commit = None,
    branch: Branch = None,
    repository_url: RepositoryUrl = None,
    version: BuildVersion = None,
) -> int:
    """Write the file by which the agent knows the revision where there is no .git: one line of a Dockerfile."""
    from echoline_agent.launcher.stamping import write_stamp
    from echoline_agent.revision.found import Revision

    return write_stamp(output, Revision(revision, branch, repository_url, None, version))


_run = typer.Typer(rich_markup_mode=None)
# What follows the command belongs to it, `--` or not.
_run.command(context_settings={"allow_interspersed_args": False})(run)
_stamp = typer.Typer(rich_markup_mode=None)
_stamp.command()(stamp)

commands = {"run": _run, "stamp": _stamp}
