"""`echoline delete`: forgets by service, environment or age."""

import sys
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.text import Text

from echoline.errors import BadConfig
from echoline.model.answers_admin import Deleted
from echoline.surfaces.cli import questions, units_given
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.rendering import units

LONG_S = 3600.0
_NOUNS = {"spans": "span", "logs": "log record", "metric_points": "metric point", "profile_samples": "profile sample"}
"""The tables of what is sent, and what one row is."""

Before = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", callback=units_given.time, help="Only what is older: 30d ago, or a time, to the hour."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def delete(
    ask: Ask,
    service: questions.Service = None,
    environment: questions.Environment = None,
    before: Before = None,
    yes: Yes = False,
) -> None:
    """Delete spans, log records, metric points, profile samples and rollups by service, environment or age.

    All that is given must hold. It cannot be undone.
    """
    wanted = {"service": service, "environment": environment, "before": before}
    given = {name: value for name, value in wanted.items() if value is not None}
    if not given:
        raise BadConfig("delete: say what, by --service, --environment or --before")
    words = ", ".join(f"{name} {value}" for name, value in given.items())
    if not yes:
        _confirm(words)
    with ask.output.busy(f"deleting {words} …"):
        gone = ask.server.send("POST", "delete", Deleted, given, timeout_s=LONG_S)
    ask.output.show(gone, lambda: Text(_told(gone.deleted) or f"there was nothing of {words}"))


def _told(deleted: Mapping[str, int]) -> str:
    """What was sent, without what is made of it."""
    told = [units.several(deleted[table], noun) for table, noun in _NOUNS.items() if deleted.get(table)]
    if not told and any(deleted.values()):
        return "deleted what was left of it"
    return f"deleted {', '.join(told)}" if told else ""


def _confirm(words: str) -> None:
    if not sys.stdin.isatty():
        raise BadConfig(f"delete: this would delete {words}; add --yes")
    if not typer.confirm(f"Delete everything of {words}? It cannot be undone.", err=True):
        raise typer.Abort


commands = {"delete": command(delete)}
