"""`echoline logs` and `echoline patterns`."""

import time
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
import typer

from echoline.model.answers_logs import LogPattern, LogRecord, Severity
from echoline.surfaces.cli import questions
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.following import follow
from echoline.surfaces.cli.questions import Question, answer
from echoline.surfaces.cli.rendering import tables
from echoline.surfaces.cli.rendering.log_lines import LogLine, log_lines

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
    question = Question(
        "logs",
        LogRecord,
        {**params, "since": since, "until": until},
        "log record",
        first="newest",
        facts=(service, environment),
    )
    answer(ask, question, limit, cursor, lambda records, now_ns: log_lines(records, now_ns, is_whole=whole))


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
        ask.output.after_interrupt()


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
    question = Question("patterns", LogPattern, params, "pattern", facts=(service, environment))
    answer(ask, question, limit, cursor, tables.patterns)


commands = {"logs": command(logs), "patterns": command(patterns)}
