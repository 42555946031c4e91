"""`echoline replay`: sends recorded OTLP files to a receiver."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from echoline.config import Settings
from echoline.errors import BadConfig
from echoline.model.instants import nanoseconds
from echoline.model.records import Signal
from echoline.surfaces.cli import settings
from echoline.surfaces.cli.ask import Json, Token
from echoline.surfaces.cli.connection import owner_token, running
from echoline.surfaces.cli.output import Output
from echoline.surfaces.cli.program import FAILED, FINE
from echoline.surfaces.cli.rendering import styles, units
from echoline.surfaces.cli.rendering.grid import Column, Grid
from echoline.surfaces.cli.replay.otlp_http import OtlpHttp
from echoline.surfaces.cli.replay.patience import Patience, Sender
from echoline.surfaces.cli.replay.playing import Extent, Pace, Recording, Tally, extent, play
from echoline.surfaces.cli.replay.recording import signal_of, there
from echoline.surfaces.cli.replay.sought import Sought

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="Recordings like traces.otlp.zst; the name says the signal.")
]
Shift = Annotated[
    str | None,
    typer.Option(metavar="now|TIME", help="Move all times so that the newest of all files is now, or at a time."),
]
Speed = Annotated[
    float, typer.Option(min=0, help="1 keeps the recorded pace, 10 is ten times as fast, 0 as fast as it goes.")
]
SignalOption = Annotated[
    Signal | None, typer.Option("--signal", help="What the files hold, if their names do not say.")
]
To = Annotated[str | None, typer.Option(metavar="URL", help="The receiver; else the one running here, on its port.")]
Protocol = Annotated[Literal["http", "grpc"], typer.Option(help="OTLP over HTTP or gRPC.")]
GiveUpAfter = Annotated[
    float, typer.Option(min=0, metavar="SECONDS", help="How long to try while the receiver is away.")
]


def replay(
    files: Files,
    shift: Shift = None,
    speed: Speed = 0.0,
    signal: SignalOption = None,
    to: To = None,
    protocol: Protocol = "http",
    give_up_after: GiveUpAfter = 300.0,
    data_dir: settings.DataDir = None,
    config: settings.ConfigFile = None,
    token: Token = None,
    as_json: Json = False,
) -> int:
    """Send recorded OTLP files to a receiver.

    A recording is a zstd stream of request bodies, each behind a 4-byte big-endian length. While the receiver is away
    or full, replay waits and tries again, as an exporter does. Exits 3 when something was not taken.
    """
    output = Output(as_json)
    recordings = [Recording(there(path), signal or signal_of(path)) for path in files]
    loaded = settings.load(config, data_dir=data_dir).settings
    sender = Sought(
        lambda: to or _receiver(loaded, protocol), lambda address: _sender(loaded, address, protocol, token)
    )
    held = extent(recordings)
    shift_ns = _shift(shift, held)
    with _progress(output, held) as told:
        patience = Patience(give_up_after, lambda why, wait_s: output.note(f"{why}; trying again in {wait_s:.1f} s"))
        began_s = time.monotonic()
        try:
            tallies = play(recordings, sender, shift_ns, Pace(speed), patience, told)
        finally:
            sender.close()
    seconds = time.monotonic() - began_s
    answer = {"signals": tallies, "seconds": round(seconds, 3), "shift_ns": shift_ns}
    output.show(answer, lambda: _table(tallies))
    for tally in tallies.values():
        for message in tally.messages:
            output.note(f"the receiver says: {message}")
    output.note(f"{units.count(held.items)} items in {units.duration(seconds * 1e9)}")
    return FAILED if any(tally.refused or tally.rejected for tally in tallies.values()) else FINE


def _receiver(loaded: Settings, protocol: str) -> str:
    """The receiver running on the data directory, else the one that its settings would start."""
    run, server = running(loaded.data_dir), loaded.server
    if run and protocol in run.listeners:
        return run.listeners[protocol]
    return f"http://{server.host}:{server.http_port}" if protocol == "http" else f"{server.host}:{server.grpc_port}"


def _sender(loaded: Settings, to: str, protocol: str, token: str | None) -> Sender:
    run = None if token else running(loaded.data_dir)
    if run and run.listeners.get(protocol) == to:
        token = owner_token(loaded.data_dir)
    if protocol == "http":
        return OtlpHttp(to, token)
    from echoline.surfaces.cli.replay.otlp_grpc import OtlpGrpc  # grpc takes longer to import than most replays

    return OtlpGrpc(to.removeprefix("http://").rstrip("/"), token)


def _shift(shift: str | None, held: Extent) -> int:
    """How far to move all times, in nanoseconds."""
    if shift is None or not held.newest_ns:
        return 0
    try:
        return (time.time_ns() if shift == "now" else nanoseconds(shift)) - held.newest_ns
    except ValueError as error:
        raise BadConfig(f"--shift {shift!r}: expected now, or a time like 2026-11-22T10:00:00Z") from error


@contextmanager
def _progress(output: Output, held: Extent) -> Iterator[Callable[[Mapping[Signal, Tally]], None]]:
    """A bar on stderr where that is a terminal."""
    columns = (TextColumn("replaying"), BarColumn(30), TaskProgressColumn(), TimeRemainingColumn())
    with output.progress(*columns) as progress:
        task = progress.add_task("", total=held.requests)
        yield lambda tallies: progress.update(task, completed=sum(tally.requests for tally in tallies.values()))


def _table(tallies: Mapping[Signal, Tally]) -> Grid[tuple[Signal, Tally]]:
    def lost(number: int) -> Text:
        return Text(f"{number:,}" if number else "", style=styles.ERROR)

    return Grid(
        (
            Column("signal", lambda row: row[0]),
            Column("requests", lambda row: f"{row[1].requests:,}", is_number=True),
            Column("refused", lambda row: lost(row[1].refused), is_number=True),
            Column("items", lambda row: f"{row[1].sent:,}", is_number=True),
            Column("acknowledged", lambda row: f"{row[1].acknowledged:,}", is_number=True),
            Column("rejected", lambda row: lost(row[1].rejected), is_number=True),
        ),
        list(tallies.items()),
    )


_command = typer.Typer(rich_markup_mode=None, add_completion=False)
_command.command()(replay)
commands = {"replay": _command}
