"""`echoline export`: writes what is kept as Parquet files."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.text import Text

from echoline.errors import BadConfig
from echoline.model.answers_admin import ExportDay, ExportDays
from echoline.model.records import Signal
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.client import Server
from echoline.surfaces.cli.rendering import units
from echoline.surfaces.cli.rendering.grid import Column, Grid

LONG_S = 3600.0

Folder = Annotated[Path, typer.Argument(help="Where to; files that are there already are replaced.")]
OfSignal = Annotated[Signal | None, typer.Option("--signal", help="Only this signal.")]
SinceDay = Annotated[
    str | None, typer.Option("--since", metavar="DAY", help="From this day on, like 2026-11-22 (UTC).")
]
UntilDay = Annotated[str | None, typer.Option("--until", metavar="DAY", help="Up to this day.")]
Listing = Annotated[bool, typer.Option("--list", help="Only list what there is.")]


def export(
    ask: Ask,
    folder: Folder = Path("echoline-export"),
    signal: OfSignal = None,
    since: SinceDay = None,
    until: UntilDay = None,
    list_: Listing = False,
) -> None:
    """Write what is kept as Parquet files, one per signal and day, which DuckDB, Polars and Spark read."""
    found = ask.server.get("export", ExportDays)
    days = [
        each
        for each in found.items
        if (signal is None or each.signal == signal)
        and (since or "") <= each.day
        and (until is None or each.day <= until)
    ]
    if not list_:
        _write(ask, folder, days)
    files = [{"signal": day.signal, "day": day.day, "rows": day.rows, "file": str(_file(folder, day))} for day in days]
    ask.output.show({"items": files}, lambda: _table(folder, days) if days else Text("There is nothing to export."))


def _write(ask: Ask, folder: Path, days: list[ExportDay]) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(30), MofNCompleteColumn())
    with ask.output.progress(*columns) as progress:
        task = progress.add_task("exporting", total=len(days))
        for day in days:
            progress.update(task, description=f"{day.signal} {day.day}")
            _fetch(ask.server, day, _file(folder, day))
            progress.advance(task)


def _fetch(server: Server, day: ExportDay, file: Path) -> None:
    """Writes beside the file first, so that a file is whole or not there."""
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with (
            server.opened("GET", f"export/{day.signal}/{day.day}", timeout_s=LONG_S) as stream,
            new.open("wb") as target,
        ):
            shutil.copyfileobj(stream, target, 1 << 20)
        new.replace(file)
    except OSError as error:
        raise BadConfig(f"{file} cannot be written: {error.strerror or error}") from error
    finally:
        new.unlink(missing_ok=True)


def _file(folder: Path, day: ExportDay) -> Path:
    return folder / day.signal / f"{day.day}.parquet"


def _table(folder: Path, days: list[ExportDay]) -> Grid[ExportDay]:
    return Grid(
        (
            Column[ExportDay]("signal", lambda row: row.signal),
            Column("day", lambda row: row.day),
            Column("rows", lambda row: f"{row.rows:,}", is_number=True),
            Column("size", lambda row: _size(_file(folder, row)), is_number=True),
            Column("file", lambda row: str(_file(folder, row)) if _file(folder, row).exists() else "", wide=30),
        ),
        days,
    )


def _size(file: Path) -> str:
    return units.size(file.stat().st_size) if file.exists() else ""


commands = {"export": command(export)}
