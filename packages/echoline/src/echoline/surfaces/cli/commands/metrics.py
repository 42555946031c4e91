"""`echoline metrics`: the catalogue, or one metric as spark lines."""

import time
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from echoline.errors import BadConfig
from echoline.model.answers_metrics import Metric, SeriesSet
from echoline.surfaces.cli import questions, units_given
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import Question, answer, asked, named, narrowed
from echoline.surfaces.cli.rendering import captions, tables, units
from echoline.surfaces.cli.rendering.series import SeriesPicture, filled

Name = Annotated[str | None, typer.Argument(metavar="NAME", help="Draw this metric; without it list them.")]
Function = Annotated[
    str | None,
    typer.Option("--function", "-f", help="rate, increase, avg, min, max, last, sum, p50, p95 …: what fits its type."),
]
By = Annotated[
    list[str] | None, typer.Option("--by", "-b", metavar="ATTRIBUTE", help="A line per value; may be repeated.")
]
Search = Annotated[str | None, typer.Option("--search", help="List only names with this in them.")]
Step = Annotated[
    str | None, typer.Option(metavar="LENGTH", callback=units_given.length, help="Length of a step, like 60s or 5m.")
]

MOST_LINES = 200
OTHERS = "`echoline metrics` lists which metrics there are."


def metrics(
    ask: Ask,
    name: Name = None,
    since: questions.Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    function: Function = None,
    by: By = None,
    attribute: questions.Attribute = None,
    step: Step = None,
    search: Search = None,
    limit: questions.Limit = 40,
    cursor: questions.Cursor = None,
) -> None:
    """List metrics, or draw one: rates and increases over resets and gaps, percentiles of histograms."""
    about = {"since": since, "until": until, "service": service, "environment": environment}
    if name is not None:
        lines = {"function": function, "by": by, "attribute": attribute, "step": step, "limit": min(limit, MOST_LINES)}
        _draw(ask, name, {**about, **lines})
        return
    if function or by or attribute or step:
        raise BadConfig("metrics: --function, --by, --attribute and --step draw one metric; name it first")
    question = Question("metrics", Metric, {**about, "name": search}, "metric", facts=(service, environment))
    answer(ask, question, limit, cursor, tables.metrics)


def _draw(ask: Ask, name: str, params: Mapping[str, Any]) -> None:
    path = f"metrics/{quote(name, safe='')}/series"
    found, params = narrowed(lambda params: ask.server.get(path, SeriesSet, params), params, filled)
    now_ns = time.time_ns()
    window = captions.window(found.since, found.until, now_ns, asked(params))

    def drawn() -> RenderableType:
        if not found.items:
            return captions.nothing(f"points of {name}", found, window, now_ns, named(params), OTHERS)
        step = f"a step is {units.duration(found.step_ns)}"
        head = captions.caption(f"{found.function} of {name}", *filter(None, (params["service"], window, step)))
        notes = [f"{units.several(found.left_out, 'more line')}: --limit shows them."] if found.left_out else []
        hints = [captions.hint(note) for note in (*notes, *found.notes)]
        return Group(head, Text(), SeriesPicture(found), *((Text(), *hints) if hints else ()))

    ask.output.show(found, drawn)


commands = {"metrics": command(metrics)}
