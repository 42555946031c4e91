"""`echoline traces`: a list, a heat map, or what makes a selection differ."""

import time
from typing import Annotated, Any, Literal

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from echoline.model.answers import Status
from echoline.model.answers_traces import Differences, HeatMap, TraceSummary
from echoline.surfaces.cli import questions
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import kinds, pages, show_page
from echoline.surfaces.cli.rendering import captions, tables, units
from echoline.surfaces.cli.rendering.differences import differences as picture
from echoline.surfaces.cli.rendering.heat import Heat

Texts = Annotated[list[str] | None, typer.Argument(help="Texts that stand in names, messages or attribute values.")]
Operation = Annotated[str | None, typer.Option("--operation", "-o", help="Only this operation, by its name.")]
OfStatus = Annotated[Status | None, typer.Option(case_sensitive=False, help="Only spans with this status.")]
Errors = Annotated[bool, typer.Option("--errors", help="Short for --status ERROR.")]
MinDuration = Annotated[str | None, typer.Option(metavar="TIME", help="At least so long, like 250ms or 1.5s.")]
MaxDuration = Annotated[str | None, typer.Option(metavar="TIME", help="At most so long.")]
Sort = Annotated[Literal["newest", "slowest"], typer.Option(help="What comes first.")]
AsHeat = Annotated[bool, typer.Option("--heat", help="Draw durations over time instead of a list.")]
AsDifferences = Annotated[
    bool, typer.Option("--differences", help="Tell in which attributes the slow or failed ones differ from the rest.")
]


def traces(
    ask: Ask,
    text: Texts = None,
    since: questions.Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    version: questions.Version = None,
    revision: questions.Revision = None,
    operation: Operation = None,
    kind: questions.OfKind = None,
    status: OfStatus = None,
    errors: Errors = False,
    min_duration: MinDuration = None,
    max_duration: MaxDuration = None,
    attribute: questions.Attribute = None,
    sort: Sort = "newest",
    heat: AsHeat = False,
    differences: AsDifferences = False,
    limit: questions.Limit = 20,
    cursor: questions.Cursor = None,
) -> None:
    """Find traces of which one span fits all conditions, newest or slowest first."""

    named = {"service": service, "environment": environment, "version": version, "revision": revision}
    window = {"since": since, "until": until}
    params = {**window, **named, "operation": operation, "kind": kinds(kind), "attribute": attribute, "text": text}
    chosen = {"status": "ERROR" if errors else status, "min_duration": min_duration, "max_duration": max_duration}
    if heat:
        _heat(ask, {**params, **chosen})
    elif differences:
        _differences(ask, params, chosen)
    else:
        page = pages(ask, "traces", TraceSummary, {**params, **chosen, "sort": sort}, limit, cursor)
        show_page(
            ask, page, "trace", lambda now_ns: tables.traces(page.items, now_ns), service, environment, f"{sort} first"
        )


def _heat(ask: Ask, params: dict[str, Any]) -> None:
    columns = max(20, min(120, ask.output.data.width - 12))
    answer = ask.server.get("heat-map", HeatMap, {**params, "columns": columns})
    now_ns = time.time_ns()
    window = captions.window(answer.since, answer.until, now_ns)

    def drawn() -> RenderableType:
        if not answer.cells:
            return captions.nothing("spans", answer.newest, f"the {window}", now_ns)
        failed = f"{units.several(answer.errors, 'error')}" if answer.errors else ""
        what = units.several(answer.spans, "span")
        return Group(captions.caption(what, failed, window), Text(), Heat(answer))

    ask.output.show(answer, drawn)


def _differences(ask: Ask, params: dict[str, Any], chosen: dict[str, Any]) -> None:
    answer = ask.server.get("differences", Differences, {**params, **chosen})
    window = captions.window(answer.since, answer.until, time.time_ns())

    def drawn() -> RenderableType:
        sides = f"{units.several(answer.selected, 'selected span')} beside {units.count(answer.rest)} others"
        if not answer.items:
            return captions.caption(sides, window, "no attribute tells them apart")
        return Group(captions.caption(sides, window), Text(), picture(answer.items))

    ask.output.show(answer, drawn)


commands = {"traces": command(traces)}
