"""`echoline logs` and `echoline patterns`."""

import time
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Group

from echoline.model.answers_logs import LogPattern, LogRecord, Severity
from echoline.surfaces.cli import questions
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.following import follow
from echoline.surfaces.cli.questions import pages, show_page
from echoline.surfaces.cli.rendering import tables
from echoline.surfaces.cli.rendering.log_lines import LogLine

Texts = Annotated[
    list[str] | None, typer.Argument(help="Whole words in this order, in any case; '*part*' stands anywhere.")
]
AtLeast = Annotated[Severity | None, typer.Option(case_sensitive=False, help="This severity or a higher one.")]
OfTrace = Annotated[str | None, typer.Option("--trace", metavar="ID", help="Only records of this trace.")]
OfPattern = Annotated[str | None, typer.Option("--pattern", metavar="ID", help="Only records of this pattern.")]
OfException = Annotated[
    str | None, typer.Option("--exception", metavar="TYPE", help="Only records with this exception.")
]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Print records as they come in, until Ctrl-C.")]
Whole = Annotated[bool, typer.Option("--whole", help="Print all lines of a record.")]


def logs(
    ask: Ask,
    text: Texts = None,
    since: questions.Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    version: questions.Version = None,
    severity: AtLeast = None,
    trace: OfTrace = None,
    pattern: OfPattern = None,
    exception: OfException = None,
    attribute: questions.Attribute = None,
    follow: Follow = False,
    whole: Whole = False,
    limit: questions.Limit = 50,
    cursor: questions.Cursor = None,
) -> None:
    """Search log records, or follow them as they come in. The newest ones, oldest of them first."""
    named = {"service": service, "environment": environment, "version": version}
    about = {"severity": severity, "trace": trace, "pattern": pattern, "exception": exception}
    params = {**named, **about, "text": text, "attribute": attribute}
    if follow:
        _follow(ask, params, whole=whole)
        return
    page = pages(ask, "logs", LogRecord, {**params, "since": since, "until": until}, limit, cursor)
    with_service = len({record.service for record in page.items}) > 1
    records = page.items[::-1]  # as in a file: the newest one stands last

    def drawn(now_ns: int) -> Group:
        return Group(*(LogLine(record, now_ns, with_service, whole) for record in records))

    show_page(ask, page, "log record", drawn, service, environment)


def _follow(ask: Ask, params: Mapping[str, Any], *, whole: bool) -> None:
    ask.output.note("following; Ctrl-C ends it")
    try:
        for name, data in follow(ask.server, "logs/tail", params, ask.output.note):
            if name == "log":
                record = msgspec.json.decode(data, type=LogRecord)
                ask.output.line(record, LogLine(record, time.time_ns(), is_whole=whole))
            elif name == "skipped":
                ask.output.note(f"{msgspec.json.decode(data)['records']} records came too fast to show")
            elif name == "problem":
                ask.output.note(msgspec.json.decode(data)["detail"])
    except KeyboardInterrupt:
        return


def patterns(
    ask: Ask,
    text: Texts = None,
    since: questions.Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    version: questions.Version = None,
    severity: AtLeast = None,
    limit: questions.Limit = 30,
    cursor: questions.Cursor = None,
) -> None:
    """Log messages grouped by template, most frequent first; <*> stands for what varies."""
    named = {"service": service, "environment": environment, "version": version}
    params = {"since": since, "until": until, **named, "severity": severity, "text": text}
    page = pages(ask, "patterns", LogPattern, params, limit, cursor)
    show_page(ask, page, "pattern", lambda now_ns: tables.patterns(page.items, now_ns), service, environment)


commands = {"logs": command(logs), "patterns": command(patterns)}
