"""Makes functions that lie where libraries lie, without installing any."""

import sysconfig
import textwrap
from typing import Any


def library(source: str, file: str = "deep/library.py", root: str | None = None) -> dict[str, Any]:
    """The names that the source defines, as if it were installed."""
    made: dict[str, Any] = {"__name__": file.removesuffix(".py").replace("/", ".")}
    code = compile(textwrap.dedent(source), f"{root or sysconfig.get_path('purelib')}/{file}", "exec")
    exec(code, made)
    return made


CALLS = library("""
    def call(function, *args):
        return function(*args)

    def deep(frames, function):
        return deep(frames - 1, function) if frames > 1 else function()

    def started_by(tracer, kind):
        tracer.start_span("made", kind=kind).end()
""")
call, deep, started_by = CALLS["call"], CALLS["deep"], CALLS["started_by"]
