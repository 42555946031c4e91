"""`echoline compare`: what changed between two versions, revisions, branches, environments or windows."""

import time
from typing import Annotated

import typer

from echoline.model.answers_compare import Comparison
from echoline.surfaces.cli import questions, units_given
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.rendering.comparison import ComparisonPicture

Before = Annotated[
    str,
    typer.Argument(
        metavar="BEFORE",
        help="A version, revision, branch, tag, deployment, environment, window like 2h..1h, or previous.",
    ),
]
After = Annotated[str, typer.Argument(metavar="AFTER", help="Likewise, or current.")]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", callback=units_given.time, help="Compare only data from then on.  [default: around the start]"
    ),
]
All = Annotated[bool, typer.Option("--all", help="Also what is unchanged, and what has too little traffic to say.")]


def compare(
    ask: Ask,
    before: Before = "previous",
    after: After = "current",
    since: Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    all_: All = False,
    limit: questions.Limit = 100,
) -> None:
    """What changed between two sides: what got worse or better, where, by how much, and how sure that is.

    Without names the last deployment is compared with what ran before it. A release is compared around its start, or in
    the same minutes where both ran side by side.
    """
    params = {"before": before, "after": after, "since": since, "until": until, "limit": min(limit, 1000)}
    found = ask.server.get("compare", Comparison, {**params, "service": service, "environment": environment})
    ask.output.show(found, lambda: ComparisonPicture(found, time.time_ns(), is_whole=all_))


commands = {"compare": command(compare)}
