"""`echoline revisions`: commits of the configured repositories, and which deployments they came with."""

import time
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from echoline.model.answers import Page
from echoline.model.answers_revisions import Revision
from echoline.model.revisions import RepositoryList
from echoline.surfaces.cli import questions, units_given
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import Question, pages
from echoline.surfaces.cli.rendering import captions, units
from echoline.surfaces.cli.rendering import revisions as pictures

Which = Annotated[
    str | None, typer.Argument(metavar="REVISION", help="Only this one: an id or its first digits, a tag, a branch.")
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", callback=units_given.time, help="Only what was committed or deployed from then on, like 7d."
    ),
]

_NO_REPOSITORY = "No repository is configured: commits are unknown. `echoline repositories` shows how to name one."


def revisions(
    ask: Ask,
    revision: Which = None,
    since: Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    limit: questions.Limit = 30,
    cursor: questions.Cursor = None,
) -> None:
    """Commits, newest first: when each was deployed where, and which deployments it came with.

    Without a repository these are the revisions that programs told.
    """
    named = {"service": service, "environment": environment}
    params = {"since": since, "until": until, "revision": revision, **named}
    found = pages(ask.server, Question("revisions", Revision, params, "revision"), limit, cursor)
    ask.output.show(found, lambda: _picture(ask, found, params))


def _picture(ask: Ask, found: Page[Revision], params: dict[str, str | None]) -> RenderableType:
    now_ns = time.time_ns()
    asked = [params["since"] or "the beginning", params["until"] or "now"]
    window = f"{asked[0]} to {asked[1]}" if params["since"] or params["until"] else ""
    if not found.items:
        nothing = captions.nothing("revisions", found, window or "the beginning on", now_ns, questions.named(params))
        return Group(nothing, *_unread(ask))
    counted = units.several(len(found.items), "revision")
    what = f"newest {counted}" if found.next else counted
    caption = captions.caption(what, *filter(None, (params["service"], params["environment"], window)))
    hints = [Text(), captions.hint("There are more: --limit shows them.")] if found.next else []
    is_strange = any(not each.repository for each in found.items)
    return Group(
        caption, Text(), pictures.revisions(found.items, now_ns), *hints, *(_unread(ask) if is_strange else ())
    )


def _unread(ask: Ask) -> Iterator[Text]:
    """Why commits may be missing."""
    repositories = ask.server.get("repositories", RepositoryList).items
    words = [problem.message for each in repositories for problem in each.problems if problem.is_fatal]
    if not repositories:
        words = [_NO_REPOSITORY]
    if words:
        yield Text()
    yield from map(captions.hint, words)


commands = {"revisions": command(revisions)}
