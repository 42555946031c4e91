"""`echoline traces`: a list, a heat map, or what makes a selection differ."""

import time
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from echoline.model.answers import Status
from echoline.model.answers_traces import Differences, HeatMap, TraceSummary
from echoline.surfaces.cli import questions, units_given
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import Question, answer, asked, kinds, named, narrowed
from echoline.surfaces.cli.rendering import captions, tables, units
from echoline.surfaces.cli.rendering.differences import differences as picture
from echoline.surfaces.cli.rendering.heat import Heat, filled

Texts = Annotated[list[str] | None, typer.Argument(help="Texts that stand in names, messages or attribute values.")]
Operation = Annotated[str | None, typer.Option("--operation", "-o", help="Only this operation, by its name.")]
OfStatus = Annotated[Status | None, typer.Option(case_sensitive=False, help="Only spans with this status.")]
Errors = Annotated[bool, typer.Option("--errors", help="Short for --status ERROR.")]
MinDuration = Annotated[
    str | None,
    typer.Option(metavar="LENGTH", callback=units_given.length, help="At least so long, like 250ms or 1.5s."),
]
MaxDuration = Annotated[
    str | None, typer.Option(metavar="LENGTH", callback=units_given.length, help="At most so long.")
]
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
        _differences(ask, {**params, **chosen, "limit": limit})
    else:
        wanted = {**params, **chosen, "sort": sort}
        question = Question("traces", TraceSummary, wanted, "trace", first=sort, facts=(service, environment))
        answer(ask, question, limit, cursor, tables.traces)


def _heat(ask: Ask, params: Mapping[str, Any]) -> None:
    params = {**params, "columns": max(20, min(120, ask.output.data.width - 12))}
    found, params = narrowed(lambda params: ask.server.get("heat-map", HeatMap, params), params, filled)
    now_ns = time.time_ns()
    window = captions.window(found.since, found.until, now_ns, asked(params))

    def drawn() -> RenderableType:
        if not found.cells:
            return captions.nothing("spans", found, window, now_ns, named(params))
        errors = units.several(found.errors, "error") if found.errors else ""
        return Group(captions.caption(units.several(found.spans, "span"), errors, window), Text(), Heat(found))

    ask.output.show(found, drawn)


def _differences(ask: Ask, params: Mapping[str, Any]) -> None:
    found = ask.server.get("differences", Differences, params)
    window = captions.window(found.since, found.until, time.time_ns(), asked(params))

    def drawn() -> RenderableType:
        sides = f"{units.several(found.selected, 'selected span')} beside {units.count(found.rest)} others"
        if not found.items:
            return captions.caption(sides, window, "no attribute tells them apart")
        return Group(captions.caption(sides, window), Text(), picture(found.items))

    ask.output.show(found, drawn)


commands = {"traces": command(traces)}
