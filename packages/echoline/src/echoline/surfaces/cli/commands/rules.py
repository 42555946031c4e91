"""`echoline rules test`: what redaction does to texts, and what another rule would do."""

from functools import partial
from typing import Annotated, Any

import typer

from echoline.errors import BadConfig
from echoline.model.answers_redaction import RedactionPreviews
from echoline.model.records import Signal
from echoline.surfaces.cli import questions
from echoline.surfaces.cli.ask import Ask, asks
from echoline.surfaces.cli.rendering.redaction import RedactionPicture

group = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

Texts = Annotated[list[str] | None, typer.Argument(help="Texts to try, or key=value for an attribute.")]
Stored = Annotated[Signal | None, typer.Option("--stored", help="Try what is stored of this signal.")]
Rule = Annotated[
    list[str] | None,
    typer.Option("--rule", metavar="NAME=PATTERN", help="Try one more rule: an RE2 pattern; may be repeated."),
]
KeyRule = Annotated[
    list[str] | None,
    typer.Option("--key-rule", metavar="NAME=PATTERN", help="Like --rule, for keys: the whole value is redacted."),
]
Off = Annotated[list[str] | None, typer.Option(metavar="KIND", help="Leave out a built-in kind; may be repeated.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many stored texts to try.")]


@group.callback()
def rules() -> None:
    """Try redaction rules on data; nothing is changed."""


@group.command("test")
@partial(asks, may_begin=True)
def try_rules(
    ask: Ask,
    text: Texts = None,
    stored: Stored = None,
    service: questions.Service = None,
    since: questions.Since = None,
    rule: Rule = None,
    key_rule: KeyRule = None,
    off: Off = None,
    limit: Limit = 200,
) -> None:
    """Show texts before and after redaction by the rules in effect, and by others that are tried beside them.

    What is stored has been redacted already: there it shows what a new rule would find beyond.
    """
    if not text and stored is None:
        raise BadConfig('rules test: give texts, as in `echoline rules test "card 4111 1111 1111 1111"`, or --stored')
    wanted: dict[str, Any] = {
        "items": [_item(each) for each in text or ()],
        "rules": [_rule(each, "pattern") for each in rule or ()] + [_rule(each, "key") for each in key_rule or ()],
        "off": off or [],
    }
    if stored is not None:
        wanted["stored"] = {"signal": stored, "service": service or "", "since": since, "limit": limit}
    found = ask.server.send("POST", "rules/test", RedactionPreviews, wanted)
    ask.output.show(found, lambda: RedactionPicture(found.items))


def _item(text: str) -> dict[str, str]:
    """`key=value` as an attribute when the key looks like one, else the whole as a text."""
    key, is_pair, value = text.partition("=")
    return {"key": key, "value": value} if is_pair and key and " " not in key else {"key": "", "value": text}


def _rule(text: str, kind: str) -> dict[str, str]:
    name, is_pair, pattern = text.partition("=")
    if not is_pair or not pattern:
        raise BadConfig(f"rule {text!r}: expected NAME=PATTERN, like order=ORD-[0-9]+")
    return {"name": name, kind: pattern}


commands = {"rules": group}
