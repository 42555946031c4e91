"""`echoline repositories`."""

import time
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from echoline.model.instants import nanoseconds
from echoline.model.revisions import Repository, RepositoryList
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.rendering import captions, styles, units
from echoline.surfaces.cli.rendering.clock import ago
from echoline.surfaces.cli.rendering.grid import Column, Grid

Fetch = Annotated[bool, typer.Option("--fetch", help="First bring copies of those with a URL up to date.")]

_NONE = """No repository is configured. Name the one that your services are built from in echoline.toml:

[[repositories]]
path = "/srv/shop"
services = ["shop-*"]"""


def repositories(ask: Ask, fetch: Fetch = False) -> None:
    """Repositories of code: commits, the newest one, and what keeps us from reading them."""
    if fetch:
        found = ask.server.send("POST", "repositories/fetch", RepositoryList)
    else:
        found = ask.server.get("repositories", RepositoryList)
    ask.output.show(found, lambda: _picture(found))


def _picture(found: RepositoryList) -> RenderableType:
    if not found.items:
        return Text(_NONE)
    now_ns = time.time_ns()
    table = Grid(
        (
            Column[Repository]("repository", lambda row: row.name),
            Column("branch", lambda row: row.branch or "–", rank=2),
            Column("commits", lambda row: f"{row.commits:,}", rank=1, is_number=True),
            Column("tags", lambda row: str(row.tags), rank=4, is_number=True),
            Column("newest", lambda row: row.newest[:9] or "–"),
            Column("when", lambda row: _when(row.newest_committed, now_ns)),
            Column("fetched", lambda row: _when(row.fetched, now_ns), rank=3),
            Column("subject", lambda row: row.newest_subject, rank=1, wide=20),
            Column("state", _state),
        ),
        found.items,
    )
    caption = captions.caption(units.several(len(found.items), "repository", "repositories"))
    return Group(caption, Text(), table, *_problems(found.items))


def _when(instant: str | None, now_ns: int) -> str:
    return ago(nanoseconds(instant), now_ns) if instant else "–"


def _state(row: Repository) -> Text:
    if not row.problems:
        return Text("fine")
    style = styles.ERROR if any(problem.is_fatal for problem in row.problems) else styles.WARN
    return Text(", ".join(dict.fromkeys(problem.kind.replace("_", " ") for problem in row.problems)), style=style)


def _problems(rows: tuple[Repository, ...]) -> Iterator[Text]:
    found = [problem for row in rows for problem in row.problems]
    if found:
        yield Text()
    yield from (Text(problem.message) for problem in found)


commands = {"repositories": command(repositories)}
