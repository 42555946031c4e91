"""`echoline backup` and `echoline restore`."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from echoline.model.answers_admin import Backup
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.rendering.clock import ago

LONG_S = 3600.0

To = Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder on the server's machine.")]
From = Annotated[Path, typer.Argument(metavar="FOLDER", help="A backup on the server's machine.")]
Replace = Annotated[bool, typer.Option("--replace", help="What is stored now may go.")]


def backup(ask: Ask, folder: To) -> None:
    """Copy everything that is stored into a folder, while Echoline runs on."""
    with ask.output.busy("copying …"):
        made = ask.server.send("POST", "backup", Backup, {"folder": str(folder.absolute())}, timeout_s=LONG_S)
    ask.output.show(made, lambda: Text(f"{_rows(made)} are now also in {made.folder}"))


def restore(ask: Ask, folder: From, replace: Replace = False) -> None:
    """Put a backup in the place of what is stored."""
    wanted = {"folder": str(folder.absolute()), "replace": replace}
    with ask.output.busy("bringing back …"):
        back = ask.server.send("POST", "restore", Backup, wanted, timeout_s=LONG_S)
    age = ago(nanoseconds(back.made), time.time_ns())
    ask.output.show(back, lambda: Text(f"{_rows(back)} are back, from the backup made {age}"))


def _rows(backup: Backup) -> str:
    return ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in backup.stored.items())


commands = {"backup": command(backup), "restore": command(restore, may_begin=True)}
