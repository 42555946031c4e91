"""`echoline profiles`: what functions cost."""

import shutil
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from echoline.errors import BadConfig
from echoline.model.answers_profiles import Profile
from echoline.surfaces.cli import questions
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import asked, named
from echoline.surfaces.cli.rendering import captions
from echoline.surfaces.cli.rendering.profile_tables import functions, measured

OfType = Annotated[
    str | None,
    typer.Option("--type", help="What was measured: cpu, wall …  [default: cpu, if there is any]"),
]
Operation = Annotated[str | None, typer.Option("--operation", "-o", help="Only traces with this operation.")]
OfTrace = Annotated[str | None, typer.Option("--trace", metavar="ID", help="Only this trace: its id or its beginning.")]
OfSpan = Annotated[str | None, typer.Option("--span", metavar="ID", help="Only this span.")]
Function = Annotated[
    str | None, typer.Option("--function", "-f", help="Only stacks with this function: its name or its end.")
]
Sort = Annotated[Literal["own", "total"], typer.Option(help="What comes first: most of its own, or in total.")]
Folded = Annotated[bool, typer.Option("--folded", help="Print folded stacks instead, for flame graphs.")]
Pprof = Annotated[Path | None, typer.Option("--pprof", metavar="FILE", help="Write a pprof file instead.")]

OTHERS = "`echoline run` sends profiles of Python programs, and so does any profiler that speaks OTLP."


def profiles(
    ask: Ask,
    since: questions.Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    version: questions.Version = None,
    revision: questions.Revision = None,
    type_: OfType = None,
    operation: Operation = None,
    trace: OfTrace = None,
    span: OfSpan = None,
    function: Function = None,
    sort: Sort = "own",
    folded: Folded = False,
    pprof: Pprof = None,
    limit: questions.Limit = 30,
) -> None:
    """What functions cost: CPU time, or whatever else a profiler measured.

    "own" is what a function spent itself, "total" with all that it called. A "~" stands where most of it comes from
    threads whose innermost function is uncertain.
    """
    of = {"service": service, "environment": environment, "version": version, "revision": revision}
    about = {"since": since, "until": until, **of, "type": type_}
    params = {**about, "operation": operation, "trace": trace, "span": span, "function": function}
    if folded and pprof:
        raise BadConfig("profiles: --folded prints, --pprof writes a file; give one of them")
    if pprof:
        _write(ask, params, pprof)
    elif folded:
        _print(ask, params)
    else:
        found = ask.server.get("profiles", Profile, {**params, "sort": sort, "limit": min(limit, questions.PAGE)})
        ask.output.show(found, lambda: _drawn(found, params))


def _drawn(found: Profile, params: dict[str, Any]) -> RenderableType:
    now_ns = time.time_ns()
    window = captions.window(found.since, found.until, now_ns, asked(params))
    if not found.functions:
        return captions.nothing("samples of profiles", found, window, now_ns, named(params), OTHERS)
    head = f"{measured(found.value, found.unit)} of {found.type}"
    facts = [params[name] for name in ("service", "environment", "operation", "function") if params[name]]
    parts: list[RenderableType] = [captions.caption(head, *facts, window), Text(), functions(found)]
    hints = []
    if found.functions_total > len(found.functions):
        hints.append(f"There are {found.functions_total:,} functions: --limit shows more.")
    others = sorted({each.type for each in found.types} - {found.type})
    if others:
        hints.append(f"Also measured: {', '.join(others)}; --type shows one.")
    parts += [Text(), *map(captions.hint, hints)] if hints else []
    return Group(*parts)


def _print(ask: Ask, params: dict[str, Any]) -> None:
    """The server's text as it is, which is for other programs; with --json the stacks of the answer."""
    if ask.output.as_json:
        ask.output.show(ask.server.get("profiles", Profile, {**params, "limit": 1, "stacks": 1000}), Text)
        return
    with ask.server.opened("GET", "profiles", {**params, "format": "folded"}) as stream:
        for line in stream:
            typer.echo(line, nl=False)


def _write(ask: Ask, params: dict[str, Any], file: Path) -> None:
    try:
        with ask.server.opened("GET", "profiles", {**params, "format": "pprof"}) as stream, file.open("wb") as target:
            shutil.copyfileobj(stream, target)
    except OSError as error:
        raise BadConfig(f"{file} cannot be written: {error.strerror or error}") from error
    ask.output.show({"file": str(file), "bytes": file.stat().st_size}, lambda: Text(f"wrote {file}"))


commands = {"profiles": command(profiles)}
