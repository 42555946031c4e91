"""`echoline trace`: one trace as a tree."""

import time
from typing import Annotated
from urllib.parse import quote

import typer

from echoline.model.answers_traces import Trace
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.rendering.trace_tree import TraceTree

TraceId = Annotated[str, typer.Argument(metavar="ID", help="32 hex digits, or the first 8 or more of them.")]
All = Annotated[bool, typer.Option("--all", help="Every span on a line of its own: nothing folded or left out.")]


def trace(ask: Ask, trace_id: TraceId, all_: All = False) -> None:
    """One trace as a tree, with its logs and errors.

    Siblings that are alike are one line with ×N; the bars on the right show where in time each span lies.
    """
    answer = ask.server.get(f"traces/{quote(trace_id.strip().lower(), safe='')}", Trace)
    ask.output.show(answer, lambda: TraceTree(answer, time.time_ns(), is_whole=all_))


commands = {"trace": command(trace)}
