"""The flags that questions share, and how their answers are fetched and shown."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from echoline.model.answers import Page
from echoline.surfaces.cli import units_given
from echoline.surfaces.cli.ask import Ask
from echoline.surfaces.cli.client import Server
from echoline.surfaces.cli.rendering import captions, units

Item = TypeVar("Item")

Since = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        callback=units_given.time,
        help="Start: 15m, 24h, 7d ago, or a time like 2026-11-22T10:15.  [default: 24h]",
    ),
]
Until = Annotated[
    str | None,
    typer.Option(metavar="TIME", callback=units_given.time, help="End, in the same spellings.  [default: now]"),
]
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
MOST_LOOKS = 3


@dataclass(frozen=True)
class Question(Generic[Item]):
    """A list that is asked for: by which path and parameters, and what its items are called."""

    path: str
    item: type[Item]
    params: Mapping[str, Any]
    noun: str
    plural: str = ""
    first: str = "first"
    """What those are that come first, when there are more: newest, slowest."""
    facts: Sequence[str | None] = ()
    """What else to say above the list; None says nothing."""
    advice: Callable[[], str] = lambda: captions.LOOSEN
    """What to do when data of that time does not fit."""


def answer(
    ask: Ask,
    question: Question[Item],
    limit: int,
    cursor: str | None,
    picture: Callable[[Sequence[Item], int], RenderableType],
) -> None:
    """Shows a caption and the picture of the items, which gets the time as it is now; or tells why there are none."""
    page = pages(ask.server, question, limit, cursor)
    now_ns = time.time_ns()
    window = captions.window(page.since, page.until, now_ns, asked(question.params))

    def drawn() -> RenderableType:
        if not page.items:
            plural = question.plural or f"{question.noun}s"
            return captions.nothing(plural, page, window, now_ns, named(question.params), question.advice())
        counted = units.several(len(page.items), question.noun, question.plural)
        what = f"{question.first} {counted}" if page.next else counted
        parts = [captions.caption(what, *filter(None, question.facts), window), Text(), picture(page.items, now_ns)]
        if page.next:
            parts += [Text(), captions.hint("There are more: --limit shows them.")]
        return Group(*parts)

    ask.output.show(page, drawn)


def pages(server: Server, question: Question[Item], limit: int, cursor: str | None) -> Page[Item]:
    """The first `limit` items, over as many pages as that takes; `next` goes on behind them."""
    kind: Any = Page[question.item]  # type: ignore[name-defined]
    items: tuple[Item, ...] = ()
    while True:
        params = {**question.params, "limit": min(limit - len(items), PAGE), "cursor": cursor}
        page: Page[Item] = server.get(question.path, kind, params)
        items, cursor = items + page.items, page.next
        if cursor is None or len(items) >= limit:
            return Page(items, cursor, page.since, page.until, page.newest)


def narrowed(
    look: Callable[[Mapping[str, Any]], Item],
    params: Mapping[str, Any],
    filled: Callable[[Item], tuple[str, str] | None],
) -> tuple[Item, Mapping[str, Any]]:
    """An answer over time, and with what it was asked: a window that nobody chose is narrowed to where the data is."""
    found = look(params)
    is_free = params["since"] is None and params["until"] is None and params.get("step") is None
    for _ in range(MOST_LOOKS if is_free else 0):
        within = filled(found)
        if within is None:
            break
        params = {**params, "since": within[0], "until": within[1]}
        found = look(params)
    return found, params


def asked(params: Mapping[str, Any]) -> str | None:
    """How long ago the window was asked to begin, in the user's own words, when it ends now."""
    return (params["since"] or captions.DEFAULT) if params["until"] is None else None


def named(params: Mapping[str, Any]) -> list[str]:
    """The service and the environment that a question is about, in words."""
    return [f"{name} {params[name]}" for name in ("service", "environment") if params.get(name)]


def kinds(given: list[str] | None) -> list[str]:
    """As the API spells them."""
    return [each.upper() for each in given or ()]
