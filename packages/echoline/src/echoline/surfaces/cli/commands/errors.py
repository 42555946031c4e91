"""`echoline errors`: exceptions, grouped."""

from typing import Annotated

import typer

from echoline.model.answers import ErrorGroup
from echoline.surfaces.cli import questions
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import Question, answer
from echoline.surfaces.cli.rendering.error_blocks import Stack, error_blocks

OfType = Annotated[str | None, typer.Option("--type", help="Only types with this in their name.")]
Operation = Annotated[str | None, typer.Option("--operation", "-o", help="Only this operation, by its name.")]
OwnStack = Annotated[bool, typer.Option("--stack", help="Print the stack of the newest of each, without libraries.")]
WholeStack = Annotated[bool, typer.Option("--whole", help="Print it with libraries.")]


def errors(
    ask: Ask,
    since: questions.Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    version: questions.Version = None,
    revision: questions.Revision = None,
    type_: OfType = None,
    operation: Operation = None,
    stack: OwnStack = False,
    whole: WholeStack = False,
    limit: questions.Limit = 10,
    cursor: questions.Cursor = None,
) -> None:
    """Errors grouped by type and operation, most frequent first, each with where it came from and a trace."""
    named = {"service": service, "environment": environment, "version": version, "revision": revision}
    params = {"since": since, "until": until, **named, "type": type_, "operation": operation}
    plural = "kinds of errors"
    question = Question("errors", ErrorGroup, params, "kind of error", plural, facts=(service, environment))
    shown: Stack = "whole" if whole else "own" if stack else "none"
    answer(ask, question, limit, cursor, lambda groups, now_ns: error_blocks(groups, now_ns, shown))


commands = {"errors": command(errors)}
