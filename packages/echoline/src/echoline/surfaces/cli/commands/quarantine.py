"""`echoline quarantine`: requests that could not be decoded."""

import sys
import time
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer
from rich.console import Group
from rich.text import Text

from echoline.errors import BadConfig
from echoline.model.answers_admin import Items, QuarantinedRequest, QuarantineList
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.ask import Ask, asks
from echoline.surfaces.cli.rendering import captions, styles, units
from echoline.surfaces.cli.rendering.clock import ago
from echoline.surfaces.cli.rendering.grid import Column, Grid

group = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

RequestId = Annotated[str, typer.Argument(metavar="ID", help="As `echoline quarantine list` shows it.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many at most.")]
To = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead of stdout.")]
All = Annotated[bool, typer.Option("--all", help="Delete all of them.")]


@group.callback()
def quarantine() -> None:
    """Requests that could not be decoded, kept aside with their bytes, which nobody has redacted."""


@group.command("list")
@asks
def list_(ask: Ask, limit: Limit = 50) -> None:
    """What is kept aside, newest first, and why."""
    found = ask.server.get("quarantine", QuarantineList, {"limit": limit})
    ask.output.show(found, lambda: _picture(found))


@group.command()
@asks
def show(ask: Ask, request_id: RequestId, output: To = None) -> None:
    """The bytes of one request as they were sent."""
    with ask.server.opened("GET", f"quarantine/{quote(request_id, safe='')}") as stream:
        body = stream.read()
    if output is None:
        sys.stdout.buffer.write(body)
        return
    try:
        output.write_bytes(body)
    except OSError as error:
        raise BadConfig(f"--output {output} cannot be written: {error.strerror}") from error
    ask.output.note(f"{units.size(len(body))} in {output}")


@group.command()
@asks
def purge(ask: Ask, request_id: Annotated[str | None, typer.Argument(metavar="ID")] = None, all_: All = False) -> None:
    """Delete one request that was kept aside, or all of them."""
    if (request_id is None) is not all_:
        raise BadConfig("name one request, or give --all")
    path = f"quarantine/{quote(request_id, safe='')}" if request_id else "quarantine"
    gone = ask.server.send("DELETE", path, Items)
    ask.output.show(gone, lambda: Text(f"{units.several(gone.items, 'request')} deleted"))


def _picture(found: QuarantineList) -> Group | Text:
    if not found.items:
        return Text("Nothing is in quarantine: every request could be decoded.")
    now_ns = time.time_ns()
    table = Grid(
        (
            Column[QuarantinedRequest]("id", lambda row: Text(row.id, style=styles.QUIET), rank=3),
            Column("received", lambda row: ago(nanoseconds(row.received), now_ns)),
            Column("signal", lambda row: row.signal),
            Column("format", lambda row: f"{row.format} {row.encoding}".removesuffix(" identity"), rank=2),
            Column("size", lambda row: units.size(row.size_bytes), rank=1, is_number=True),
            Column("reason", lambda row: Text(row.reason, style=styles.WARN)),
            Column("message", lambda row: row.message, wide=20),
        ),
        found.items,
    )
    what = f"{units.several(found.total, 'request')} in quarantine"
    return Group(captions.caption(what, units.size(found.size_bytes), "the bytes are not redacted"), Text(), table)


commands = {"quarantine": group}
