"""`echoline deployments`: what started where, what it did, and what is told of it."""

import time
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

import typer
import typer.core

from echoline.model.answers_deployments import Deployment, DeploymentDetail, DeploymentTold
from echoline.surfaces.cli import questions, units_given
from echoline.surfaces.cli.ask import Ask, asks
from echoline.surfaces.cli.questions import Question, answer
from echoline.surfaces.cli.rendering import deployments as pictures
from echoline.surfaces.cli.rendering.receipts import ReceiptPicture

DEFAULT = "30d"
LIST = "list"

Since = Annotated[
    str | None,
    typer.Option(metavar="TIME", callback=units_given.time, help="Start, as 24h, 7d, or a time.  [default: 30d]"),
]
DeploymentId = Annotated[
    str, typer.Argument(metavar="ID", help="As the list shows it, or at least 4 of its first digits.")
]
Of = Annotated[str, typer.Option("--service", "-s", help="service.name of its telemetry.")]
Version = Annotated[str, typer.Option("--service-version", metavar="VERSION", help="service.version of its telemetry.")]
Revision = Annotated[str, typer.Option(help="The commit that it is built from.")]
Where = Annotated[
    str,
    typer.Option("--environment", "-e", help="Where it is being deployed; without one only the revision is noted."),
]
At = Annotated[str | None, typer.Option(metavar="TIME", help="When it was deployed.  [default: now]")]


class _Group(typer.core.TyperGroup):
    """Takes the id of a deployment in the place of a command: `echoline deployments 2f61`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["show", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        # Without a command it is the list, whatever flags follow.
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h")):
            args = [LIST, *args]
        return super().parse_args(ctx, args)


group = typer.Typer(rich_markup_mode=None, add_completion=False, cls=_Group)


@group.callback()
def deployments() -> None:
    """Releases starting in an environment, and what each of them did.

    `echoline deployments` lists them, `echoline deployments ID` shows the receipt of one.
    """


@group.command(LIST)
@asks
def list_(
    ask: Ask,
    since: Since = None,
    until: questions.Until = None,
    service: questions.Service = None,
    environment: questions.Environment = None,
    limit: questions.Limit = 30,
    cursor: questions.Cursor = None,
) -> None:
    """Deployments, newest first, of the last 30 days unless told otherwise."""
    if since is None and until is None:
        since = DEFAULT
    params = {"since": since, "until": until, "service": service, "environment": environment}
    question = Question("deployments", Deployment, params, "deployment", first="newest", facts=(service, environment))
    answer(ask, question, limit, cursor, pictures.deployments)


@group.command()
@asks
def show(ask: Ask, deployment_id: DeploymentId) -> None:
    """One deployment with its receipt: what got better or worse, or how small a change would have been seen."""
    found = ask.server.get(f"deployments/{quote(deployment_id.strip().lower(), safe='')}", DeploymentDetail)
    ask.output.show(found, lambda: ReceiptPicture(found, time.time_ns()))


@group.command()
@partial(asks, may_begin=True)
def tell(
    ask: Ask,
    service: Of,
    service_version: Version = "",
    revision: Revision = "",
    environment: Where = "",
    at: At = None,
) -> None:
    """Say which revision a version is, also afterwards, or that it is being deployed somewhere."""
    body = {"service": service, "version": service_version, "revision": revision, "environment": environment}
    told = ask.server.send("POST", "deployments", DeploymentTold, {**body, **({"at": at} if at else {})})
    ask.output.show(told, lambda: pictures.told(told, time.time_ns()))


commands = {"deployments": group}
