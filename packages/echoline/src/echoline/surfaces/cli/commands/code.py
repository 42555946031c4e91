"""`echoline code`: functions with what they cost, or one of them."""

from typing import Annotated, Literal
from urllib.parse import quote

import typer

from echoline.model.answers_code import CodeObject, CodeObjectDetail
from echoline.surfaces.cli import questions
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import Question, answer
from echoline.surfaces.cli.rendering import code as pictures

What = Annotated[
    str | None,
    typer.Argument(
        metavar="[PATH|ID]", help="A file or its end (shop/cart.py), or a key (python:shop.cart:Cart.total)."
    ),
]
Sort = Annotated[
    Literal["self", "total", "critical", "calls", "errors"],
    typer.Option(help="What comes first; self is the time without called spans, critical what others waited for."),
]
_WORDS = {"self": "most self time first", "total": "most time first", "critical": "most waited for first"}


def code(
    ask: Ask,
    what: What = None,
    since: questions.Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    version: questions.Version = None,
    revision: questions.Revision = None,
    name: Annotated[str | None, typer.Option(help="Only keys with this in them.")] = None,
    libraries: Annotated[bool, typer.Option("--libraries", help="Also code of installed packages.")] = False,
    sort: Sort = "self",
    limit: questions.Limit = 30,
    cursor: questions.Cursor = None,
) -> None:
    """Functions, methods and classes that spans name: calls, errors, time, self time.

    With a key: who calls it, on which flows it is, and how its revisions do.
    """
    window = {"since": since, "until": until}
    named = {"service": service, "environment": environment}
    if what is not None and is_key(what):
        found = ask.server.get(f"code/{quote(what, safe=':')}", CodeObjectDetail, {**window, **named})
        ask.output.show(found, lambda: pictures.code_object(found))
        return
    rest = {"version": version, "revision": revision, "path": what, "name": name, "libraries": libraries, "sort": sort}
    order = _WORDS.get(sort, f"most {sort} first")
    question = Question(
        "code", CodeObject, {**window, **named, **rest}, "code object", facts=(service, environment, order)
    )
    answer(ask, question, limit, cursor, lambda items, _: pictures.code_objects(items))


def is_key(what: str) -> bool:
    """Tells the key of a code object from a path, which may have a drive or a line.

    >>> is_key("python:shop.cart:Cart.total"), is_key("shop/cart.py:12"), is_key("C:/shop/cart.py")
    (True, False, False)
    """
    language, _, rest = what.partition(":")
    return language.replace("?", "a").isalpha() and len(language) > 1 - ("?" in language) and ":" in rest


commands = {"code": command(code)}
