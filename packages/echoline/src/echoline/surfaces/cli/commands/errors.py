"""`echoline errors`: exceptions, grouped."""

from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from echoline.model.answers import ErrorGroup
from echoline.surfaces.cli import questions
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import pages, show_page
from echoline.surfaces.cli.rendering.error_blocks import ErrorBlock

OfType = Annotated[str | None, typer.Option("--type", help="Only types with this in their name.")]
Operation = Annotated[str | None, typer.Option("--operation", "-o", help="Only this operation, by its name.")]
WithStack = Annotated[bool, typer.Option("--stack", help="Print the whole stack of the newest one of each.")]


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
    stack: WithStack = False,
    limit: questions.Limit = 10,
    cursor: questions.Cursor = None,
) -> None:
    """Errors grouped by type and operation, most frequent first, each with where it came from and a trace."""
    named = {"service": service, "environment": environment, "version": version, "revision": revision}
    params = {"since": since, "until": until, **named, "type": type_, "operation": operation}
    page = pages(ask, "errors", ErrorGroup, params, limit, cursor)

    def drawn(now_ns: int) -> Group:
        blocks = (ErrorBlock(group, now_ns, with_stack=stack) for group in page.items)
        return Group(*(part for block in blocks for part in (block, Text())))

    show_page(ask, page, "kind of error", drawn, service, environment, more="kinds of errors")


commands = {"errors": command(errors)}
