"""`echoline doctor`: checks this installation, the server, and every service that sends to it."""

import time
from dataclasses import dataclass

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from echoline.errors import EcholineError
from echoline.journal.status import read_status
from echoline.model.answers import Health, Page
from echoline.model.answers_doctor import ReadinessCard
from echoline.surfaces.cli import questions, settings
from echoline.surfaces.cli.ask import Json, Token, Url
from echoline.surfaces.cli.check import Check
from echoline.surfaces.cli.checks import of_this_machine
from echoline.surfaces.cli.client import Server
from echoline.surfaces.cli.connection import elsewhere, owner_token, running
from echoline.surfaces.cli.output import Output
from echoline.surfaces.cli.program import FINE, FOUND
from echoline.surfaces.cli.rendering.captions import caption
from echoline.surfaces.cli.rendering.doctor import Cards, CheckList
from echoline.surfaces.cli.server_checks import of_the_journal, of_the_server


@dataclass(frozen=True)
class Diagnosis:
    """Everything that was found; `services` is None when no server could be asked."""

    checks: list[Check]
    services: tuple[ReadinessCard, ...] | None


def doctor(
    since: questions.Since = None,
    url: Url = None,
    data_dir: settings.DataDir = None,
    config: settings.ConfigFile = None,
    token: Token = None,
    as_json: Json = False,
) -> int:
    """Check ports, disk, versions, clock, lag, refused data, and how much each sending service tells.

    Each thing that is wrong comes with the line that mends it. Works in part when nothing runs. Exits 1 when
    something is wrong with Echoline itself.
    """
    loaded = settings.load(config, data_dir=data_dir).settings
    run = running(loaded.data_dir)
    other = None if run or url else elsewhere(loaded)
    status = None if url else read_status(loaded.data_dir / "journal")
    checks = [] if url else of_this_machine(loaded, run, other, status.written_ns if status else 0)
    if status:
        checks += of_the_journal(status)
    address = url or (run.listeners["api"] if run else None)
    services = None
    if address:
        server = Server(address, token or (None if url else owner_token(loaded.data_dir)))
        more, services = _of_server(server, since)
        checks += more
    output, found = Output(as_json), Diagnosis(checks, services)
    output.show(found, lambda: _picture(found, address))
    return FOUND if any(check.state == "bad" for check in checks) else FINE


def _of_server(server: Server, since: str | None) -> tuple[list[Check], tuple[ReadinessCard, ...] | None]:
    try:
        health = server.get("health", Health)
        cards = server.get("readiness", Page[ReadinessCard], {"since": since})
    except EcholineError as error:
        return [Check("server", "bad", str(error))], None
    return list(of_the_server(health)), cards.items


def _picture(found: Diagnosis, address: str | None) -> RenderableType:
    parts: list[RenderableType] = [caption("Echoline", address or "not running"), CheckList(found.checks)]
    if found.services is None:
        parts += [Text(), Text("What services send can be told when Echoline runs.")]
    elif not found.services:
        parts += [Text(), Text("No service has sent anything in the last 24 h. Send OTLP to the ports above, as in:")]
        parts += [Text("    OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 opentelemetry-instrument python app.py")]
    else:
        parts += [Text(), caption("Services", "what they tell, and what would make them tell more")]
        parts += [Cards(found.services, time.time_ns())]
    return Group(*parts)


_command = typer.Typer(rich_markup_mode=None, add_completion=False)
_command.command()(doctor)
commands = {"doctor": _command}
