"""`echoline flows`: the ways that requests take, or one of them."""

from typing import Annotated, Literal
from urllib.parse import quote

import typer

from echoline.model.answers_code import Flow, FlowDetail
from echoline.surfaces.cli import questions
from echoline.surfaces.cli.ask import Ask, command
from echoline.surfaces.cli.questions import Question, answer
from echoline.surfaces.cli.rendering import code as pictures

FlowId = Annotated[str | None, typer.Argument(metavar="ID", help="16 digits, as the list shows them.")]
Sort = Annotated[
    Literal["calls", "errors", "total"],
    typer.Option(help="What comes first; total is the time of all traces together."),
]
_WORDS = {"calls": "most traces first", "errors": "most errors first", "total": "most time first"}


def flows(
    ask: Ask,
    flow_id: FlowId = None,
    since: questions.Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    version: questions.Version = None,
    revision: questions.Revision = None,
    entry: Annotated[str | None, typer.Option(help="Only flows whose entry has this in its name.")] = None,
    code: Annotated[str | None, typer.Option(metavar="KEY", help="Only flows through this code object.")] = None,
    sort: Sort = "calls",
    limit: questions.Limit = 30,
    cursor: questions.Cursor = None,
) -> None:
    """Ways that requests take through services, each with its share of the traffic.

    Traces that take the same steps are one flow, whatever their order and however often. With an id: its steps, their
    code and their cost.
    """
    window = {"since": since, "until": until}
    if flow_id is not None:
        path = f"flows/{quote(flow_id.strip().lower(), safe='')}"
        found = ask.server.get(path, FlowDetail, {**window, "environment": environment})
        ask.output.show(found, lambda: pictures.flow(found))
        return
    named = {"service": service, "environment": environment, "version": version, "revision": revision}
    params = {**window, **named, "entry": entry, "code_object": code, "sort": sort}
    question = Question("flows", Flow, params, "flow", facts=(service, environment, _WORDS[sort]))
    answer(ask, question, limit, cursor, lambda items, _: pictures.flows(items))


commands = {"flows": command(flows)}
