"""`echoline tokens`: makes, lists and revokes tokens."""

import time
from functools import partial
from typing import Annotated
from urllib.parse import quote

import typer
from rich.console import Group
from rich.text import Text

from echoline.model.answers_admin import Items, NewToken, TokenList, TokenShown
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.ask import Ask, asks
from echoline.surfaces.cli.rendering import captions, styles, units
from echoline.surfaces.cli.rendering.clock import ago
from echoline.surfaces.cli.rendering.grid import Column, Grid

group = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What you will know it by, like laptop or ci.")]
Scopes = Annotated[
    list[str], typer.Option("--scope", metavar="ingest|read|admin", help="What it lets do; may be repeated.")
]
TokenId = Annotated[str, typer.Argument(metavar="ID", help="As `echoline tokens list` shows it.")]


@group.callback()
def tokens() -> None:
    """Make, list and revoke tokens.

    Without any token, everything on this machine may send and ask. From the first one on, every request needs one.
    """


@group.command()
@partial(asks, may_begin=True)
def create(ask: Ask, name: Name = "default", scope: Scopes = ["ingest"]) -> None:  # noqa: B006 - Typer copies it
    """Make a token. Its secret is shown this once and kept nowhere."""
    made = ask.server.send("POST", "tokens", NewToken, {"name": name, "scopes": scope})
    ask.output.show(made, lambda: Text(made.secret))
    use = "ECHOLINE_TOKEN, or as `Authorization: Bearer …`"
    ask.output.note(f"token {made.token.id} ({', '.join(made.token.scopes)}): give it as {use}. It is not shown again.")


@group.command("list")
@asks
def list_(ask: Ask) -> None:
    """All tokens ever made, without their secrets."""
    found = ask.server.get("tokens", TokenList)
    ask.output.show(found, lambda: _picture(found))


@group.command()
@asks
def revoke(ask: Ask, token_id: TokenId) -> None:
    """End a token at once."""
    gone = ask.server.send("DELETE", f"tokens/{quote(token_id, safe='')}", Items)
    ask.output.show(gone, lambda: Text(f"token {token_id} is revoked"))


def _picture(found: TokenList) -> Group | Text:
    if not found.items:
        return Text("There are no tokens: everything on this machine may send and ask.")
    now_ns = time.time_ns()
    valid = sum(token.revoked is None for token in found.items)

    def state(token: TokenShown) -> Text:
        if token.revoked is None:
            return Text("valid", style=styles.GOOD)
        return Text(f"revoked {ago(nanoseconds(token.revoked), now_ns)}", style=styles.QUIET)

    table = Grid(
        (
            Column[TokenShown]("id", lambda token: token.id),
            Column("name", lambda token: token.name, wide=12),
            Column("scopes", lambda token: ", ".join(token.scopes)),
            Column("made", lambda token: ago(nanoseconds(token.created), now_ns), rank=1),
            Column("state", state),
        ),
        found.items,
    )
    return Group(captions.caption(units.several(len(found.items), "token"), f"{valid} valid"), Text(), table)


commands: dict[str, typer.Typer] = {"tokens": group}
