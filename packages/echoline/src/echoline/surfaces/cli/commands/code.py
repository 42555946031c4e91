"""`echoline code`: functions with what they cost, or one of them."""

import time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from echoline.errors import BadInput
from echoline.model.answers_code import CodeObject, CodeObjectDetail, SourceText
from echoline.model.answers_parameters import Parameters
from echoline.source.functions import functions
from echoline.source.grammars import variant_of
from echoline.surfaces.cli import questions, units_given
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import Question, answer, pages
from echoline.surfaces.cli.rendering import captions, units
from echoline.surfaces.cli.rendering import code as pictures
from echoline.surfaces.cli.rendering import parameters as parameter_pictures
from echoline.surfaces.cli.rendering.deployments import SHORT_REVISION
from echoline.surfaces.cli.rendering.source_file import SourceFile, placed

What = Annotated[
    str | None,
    typer.Argument(metavar="PATH|ID", help="A file or its end (shop/cart.py), or a key (python:shop.cart:Cart.total)."),
]
Sort = Annotated[
    Literal["self", "total", "critical", "calls", "errors"],
    typer.Option(help="What comes first; self is the time without called spans, critical what others waited for."),
]
AsParameters = Annotated[
    bool,
    typer.Option("--parameters", help="With a key: what its calls are given, and what slow and failing ones share."),
]
SlowerThan = Annotated[
    str | None,
    typer.Option(
        metavar="LENGTH",
        callback=units_given.length,
        help="With --parameters: calls that take longer are slow, like 250ms.  [default: the 95th percentile]",
    ),
]
_Params = dict[str, str | bool | None]
# What a question for a text takes of that for costs.
_OF_TEXT = ("service", "environment", "revision")
_MOST_IN_FILE = 500
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
    parameters: AsParameters = False,
    slower_than: SlowerThan = None,
    limit: questions.Limit = 30,
    cursor: questions.Cursor = None,
) -> None:
    """Functions, methods and classes that spans name: calls, errors, time, self time.

    With the path of a file: its text, with what each function costs beside it. Where it is not here the text is that
    of the configured repository at the newest revision that runs, and with --revision at that one.
    With a key: who calls it, on which flows it is, and how its revisions do; with --parameters, what it is given.
    """
    window = {"since": since, "until": until}
    named = {"service": service, "environment": environment}
    if parameters or slower_than is not None:
        if what is None or not is_key(what):
            raise typer.BadParameter(
                "--parameters needs a key like python:shop.cart:Cart.total; `echoline code` has them"
            )
        _parameters(ask, what, {**window, **named, "version": version, "revision": revision}, slower_than)
        return
    if what is not None and is_key(what):
        found = ask.server.get(f"code/{quote(what, safe=':')}", CodeObjectDetail, {**window, **named})
        ask.output.show(found, lambda: pictures.code_object(found))
        return
    if what is not None and not ask.output.as_json and cursor is None:
        of_file = {**window, **named, "version": version, "revision": revision, "path": what, "libraries": True}
        if drawn := _drawn(ask, what, of_file):
            ask.output.show(None, lambda: drawn)
            return
    rest = {"version": version, "revision": revision, "path": what, "name": name, "libraries": libraries, "sort": sort}
    order = _WORDS.get(sort, f"most {sort} first")
    params = {**window, **named, **rest}
    facts = (service, environment, order)
    question = Question(
        "code", CodeObject, params, "code object", facts=facts, advice=lambda: _advice(ask, {**window, **named})
    )
    answer(ask, question, limit, cursor, lambda items, _: pictures.code_objects(items))


def _advice(ask: Ask, params: dict[str, str | None]) -> str:
    """What to do when no code object fits: it may be that no span names one at all."""
    if pages(ask.server, Question("code", CodeObject, params, "code object"), 1, None).items:
        return captions.LOOSEN
    of = " and ".join(questions.named(params))
    return f"No span{f' of {of}' if of else ''} names its function. `echoline run -- COMMAND` makes spans name theirs."


def _parameters(ask: Ask, key: str, params: dict[str, str | None], slower_than: str | None) -> None:
    path = f"code/{quote(key, safe=':')}/parameters"
    found = ask.server.get(path, Parameters, {**params, "slower_than": slower_than})
    now_ns = time.time_ns()
    window = captions.window(found.since, found.until, now_ns, questions.asked(params))
    ask.output.show(found, lambda: parameter_pictures.parameters(found, window))


def _within(file: Path) -> str:
    """The end of its path that programs on other machines have too: below the folder from which it is asked for."""
    path = file.resolve()
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def _drawn(ask: Ask, what: str, params: _Params) -> RenderableType | None:
    """The file that is here, or as the repository has it; None where neither has."""
    file, revision = Path(what), params["revision"]
    if file.is_file() and not revision:
        return _here(ask, file, params)
    if variant_of(what) is None:
        return None
    asked = {"path": _within(file) if file.is_file() else what, **{name: params[name] for name in _OF_TEXT}}
    try:
        found = ask.server.get("code/file", SourceText, asked)
    except BadInput as error:
        ask.output.note(f"No text of the repository: {error}.")
        return _here(ask, file, params) if file.is_file() else None
    where = f"{found.repository} at {found.revision[:SHORT_REVISION]}"
    running = f"as {found.service} runs it" if found.is_deployed else ""
    costs = {**params, "revision": found.revision if revision else None, "path": what}
    drawn = _source(ask, found.text.encode(), found.path, costs, where, running)
    return Group(drawn, Text(), captions.hint("The file goes on.")) if found.is_cut else drawn


def _here(ask: Ask, file: Path, params: _Params) -> RenderableType:
    return _source(ask, file.read_bytes(), file.name, {**params, "path": _within(file)})


def _source(ask: Ask, content: bytes, name: str, params: _Params, *facts: str) -> RenderableType:
    """The text; where a program has another root its functions are looked for by the end of the path."""
    lines = content.decode("utf-8", "replace").splitlines()
    page = pages(ask.server, Question("code", CodeObject, params, "code object"), _MOST_IN_FILE, None)
    variant = variant_of(name)
    starts = {span.qualname: span.def_line for span in functions(content, variant)} if variant else {}
    costs, gone = placed(page.items, starts, len(lines))
    parts: list[RenderableType] = [
        captions.caption(
            str(params["path"]), *facts, units.several(len(page.items), "function with calls", "functions with calls")
        ),
        Text(),
        SourceFile(lines, costs),
    ]
    if gone:
        names = ", ".join(sorted({each.qualname for each in gone}))
        parts += [Text(), captions.hint(f"Called, and not in this file any more: {names}.")]
    if not page.items:
        words = "No span names a function of this file. `echoline run -- COMMAND` makes spans name theirs."
        words = "No span of this revision names a function of this file." if params["revision"] else words
        parts += [Text(), captions.hint(words)]
    return Group(*parts)


def is_key(what: str) -> bool:
    """Tells the key of a code object from a path, which may have a drive or a line.

    >>> is_key("python:shop.cart:Cart.total"), is_key("shop/cart.py:12"), is_key("C:/shop/cart.py")
    (True, False, False)
    """
    language, _, rest = what.partition(":")
    return language.replace("?", "a").isalpha() and len(language) > 1 - ("?" in language) and ":" in rest


commands = {"code": command(code)}
