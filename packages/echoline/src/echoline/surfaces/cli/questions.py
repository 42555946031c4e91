"""The flags that questions share, and how their answers are fetched and shown."""

import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from echoline.model.answers import Page
from echoline.surfaces.cli.ask import Ask
from echoline.surfaces.cli.rendering import captions, units

Item = TypeVar("Item")

Since = Annotated[
    str | None, typer.Option(help="Start: 15m, 24h, 7d ago, or a time like 2026-11-22T10:15.  [default: 24h]")
]
Until = Annotated[str | None, typer.Option(help="End, in the same spellings.  [default: now]")]
Service = Annotated[str | None, typer.Option("--service", "-s", help="Only this service.")]
Environment = Annotated[str | None, typer.Option("--environment", "-e", help="Only this environment.")]
Version = Annotated[str | None, typer.Option("--service-version", metavar="VERSION", help="Only this service.version.")]
Revision = Annotated[str | None, typer.Option(help="Only this vcs.ref.head.revision.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")]
Cursor = Annotated[str | None, typer.Option(help="Go on where `next` of an earlier answer points.")]
Attribute = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute",
        "-a",
        metavar="CONDITION",
        help="key=value, key!=value, key~part, key>5, key, !key; all must hold.",
    ),
]

# Typer takes no list of a closed set, so the server checks it.
OfKind = Annotated[
    list[str] | None,
    typer.Option(
        "--kind", metavar="KIND", help="Only spans of this kind: server, client, internal, producer, consumer."
    ),
]

PAGE = 500


def pages(
    ask: Ask, path: str, item: type[Item], params: Mapping[str, Any], limit: int, cursor: str | None
) -> Page[Item]:
    """The first `limit` items, over as many pages as that takes; `next` goes on behind them."""
    kind: Any = Page[item]  # type: ignore[valid-type]
    items: tuple[Item, ...] = ()
    while True:
        asked = {**params, "limit": min(limit - len(items), PAGE), "cursor": cursor}
        page: Page[Item] = ask.server.get(path, kind, asked)
        items, cursor = items + page.items, page.next
        if cursor is None or len(items) >= limit:
            return Page(items, cursor, page.since, page.until, page.newest)


def kinds(given: list[str] | None) -> list[str]:
    """As the API spells them."""
    return [each.upper() for each in given or ()]


def show_page(
    ask: Ask,
    page: Page[Item],
    noun: str,
    picture: Callable[[int], RenderableType],
    *facts: str | None,
    more: str = "",
) -> None:
    """A caption and a picture of the items, which gets the time as it is now; or why there are none."""
    now_ns = time.time_ns()
    window = captions.window(page.since, page.until, now_ns)

    def drawn() -> RenderableType:
        if not page.items:
            return captions.nothing(f"{noun}s", page.newest, f"the {window}", now_ns)
        counted = f"{'first ' if page.next else ''}{units.several(len(page.items), noun, more)}"
        parts = [captions.caption(counted, *filter(None, facts), window), Text(), picture(now_ns)]
        if page.next:
            parts += [Text(), captions.hint("There are more: --limit shows them.")]
        return Group(*parts)

    ask.output.show(page, drawn)
