"""`echoline operations` and `echoline endpoints`."""

from typing import Annotated, Literal

import typer

from echoline.model.answers import Endpoint, Operation
from echoline.surfaces.cli import questions
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import Question, answer, kinds
from echoline.surfaces.cli.rendering import tables

Sort = Annotated[
    Literal["calls", "errors", "total", "p50", "p95", "p99"],
    typer.Option(help="What comes first; total is the time of all calls together."),
]
Name = Annotated[str | None, typer.Option(help="Only names with this in it.")]


def operations(
    ask: Ask,
    since: questions.Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    version: questions.Version = None,
    revision: questions.Revision = None,
    name: Name = None,
    kind: questions.OfKind = None,
    sort: Sort = "total",
    limit: questions.Limit = 30,
    cursor: questions.Cursor = None,
) -> None:
    """Everything a service does: endpoints, database statements, outgoing calls, work of its own.

    An operation is a kind and a name without ids. A call that two instrumentations report counts once.
    """
    named = {"service": service, "environment": environment, "version": version, "revision": revision}
    params = {"since": since, "until": until, **named, "name": name, "kind": kinds(kind), "sort": sort}
    question = Question("operations", Operation, params, "operation", facts=(service, environment, _order(sort)))
    answer(ask, question, limit, cursor, lambda items, _: tables.operations(items))


def endpoints(
    ask: Ask,
    since: questions.Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    version: questions.Version = None,
    revision: questions.Revision = None,
    name: Name = None,
    sort: Sort = "calls",
    limit: questions.Limit = 30,
    cursor: questions.Cursor = None,
) -> None:
    """What each service is asked for: calls, errors, durations.

    An endpoint is an operation whose spans are of kind SERVER or CONSUMER.
    """
    named = {"service": service, "environment": environment, "version": version, "revision": revision}
    params = {"since": since, "until": until, **named, "name": name, "sort": sort}
    question = Question("endpoints", Endpoint, params, "endpoint", facts=(service, environment, _order(sort)))
    answer(ask, question, limit, cursor, lambda items, _: tables.operations(items, "endpoint"))


def _order(sort: str) -> str:
    """How a list is ordered, in words."""
    words = {"calls": "most calls first", "errors": "most errors first", "total": "most time first"}
    return words.get(sort, f"longest {sort} first")


commands = {"operations": command(operations), "endpoints": command(endpoints)}
