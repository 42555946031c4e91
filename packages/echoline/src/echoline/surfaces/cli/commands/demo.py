"""`echoline demo`: starts everything, has the example shop used, and shows what was seen."""

import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.progress import BarColumn, TextColumn

from echoline.config import ServerConfig, Settings, SettleConfig
from echoline.surfaces.cli.ask import Json
from echoline.surfaces.cli.client import Server
from echoline.surfaces.cli.demo import history, look, releases, shop
from echoline.surfaces.cli.demo.report import report
from echoline.surfaces.cli.output import Output
from echoline.surfaces.cli.program import Processes

Once = Annotated[bool, typer.Option("--once", envvar="DEMO_ONCE", show_envvar=False, help="End after the report.")]
Seconds = Annotated[float, typer.Option(min=1, help="How long each release of the shop is used.")]

# What the shop takes to start and to stop beside being used, for the bar.
AROUND_S = 8.0


def demo(context: typer.Context, once: Once = False, seconds: Seconds = 25.0, as_json: Json = False) -> None:
    """Start Echoline and an example shop, use two releases of it, and show what is seen.

    Everything is in a temporary folder, on free ports where the usual ones are taken, and gone at the end. Runs on
    after the report until Ctrl-C.
    """
    output, start = Output(as_json), shop.find()
    processes: Processes = context.obj
    with (
        _interruptible(output),
        tempfile.TemporaryDirectory(prefix="echoline-demo-") as folder,
        ThreadPoolExecutor(1) as beside,
    ):
        output.note(f"starting Echoline in {folder}")
        # Commits are made while it starts.
        committing = beside.submit(history.history, start.parent, Path(folder) / "shop")
        with processes.beside("up", _settings(Path(folder))) as listeners:
            past = committing.result()
            driven = _deployed(output, start, past, listeners, seconds)
            server = Server(listeners["api"])
            seen = look.look(server, look.wait_until_loaded(server))
            found = releases.look(server, past) if past else None
            answer = {"listeners": listeners, "shop": driven, "seen": seen, "releases": found}
            now_ns = time.time_ns()
            output.show(answer, lambda: Group(*report(seen, driven, listeners, now_ns, is_over=once, releases=found)))
            if not once:
                output.note("running on until Ctrl-C")
                _wait_for_interrupt(output)


def _settings(folder: Path) -> Settings:
    usual = ServerConfig()
    ports: dict[str, Any] = {
        name: _usual_or_free(getattr(usual, name)) for name in ("grpc_port", "http_port", "api_port")
    }
    return Settings(data_dir=folder / "data", server=replace(usual, **ports), settle=SettleConfig(quiet_seconds=1.0))


def _usual_or_free(port: int) -> int:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return 0
    return port


def _deployed(
    output: Output, start: Path, past: history.History | None, listeners: Mapping[str, str], seconds: float
) -> shop.Driven:
    """The shop as it is, or without git; with it the first commit of its history, and then the last one."""
    if past is None:
        output.note("git is not installed: one release of the shop is deployed, and there is nothing to compare")
        return _driven(output, start, listeners, seconds, "the example shop")
    found = []
    for commit in (past.commits[0], past.commits[-1]):
        past.check_out(commit)
        words = f"the shop at {commit.revision[:7]}, {commit.subject!r}"
        found.append(_driven(output, past.folder / start.name, listeners, seconds, words))
    return shop.together(found)


def _driven(output: Output, start: Path, listeners: Mapping[str, str], seconds: float, what: str) -> shop.Driven:
    with output.progress(TextColumn("{task.description}"), BarColumn(30)) as bar:
        task = bar.add_task(f"deploying {what}", total=seconds + AROUND_S)
        began_s = time.monotonic()

        def tell(line: str) -> None:
            bar.update(task, description=line[:60], completed=time.monotonic() - began_s)
            if bar.disable:
                output.note(line)

        return shop.drive(start, listeners["http"], seconds, tell)


@contextmanager
def _interruptible(output: Output) -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does, so that nothing is left behind, which is told whatever ends it."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        output.after_interrupt()
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
        output.note("all gone")


def _wait_for_interrupt(output: Output) -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        output.after_interrupt()


_command = typer.Typer(rich_markup_mode=None, add_completion=False)
_command.command()(demo)
commands = {"demo": _command}
