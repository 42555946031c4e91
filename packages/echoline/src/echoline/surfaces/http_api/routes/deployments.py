"""Deployments: what started where, what it did, and what is told of it."""

from dataclasses import replace
from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from echoline.kinds import Store
from echoline.model.answers import Page
from echoline.model.answers_deployments import Deployment, DeploymentDetail, DeploymentTold
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries import deployment_list
from echoline.queries.comparing.receipts import receipt
from echoline.queries.deployment_list import Known
from echoline.queries.deployments import seen
from echoline.queries.windows import instant_ns, window
from echoline.state.deployments import Kept
from echoline.surfaces.http_api import parameters
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.parts import Parts
from echoline.surfaces.http_api.routes import missing, router

routes = router("deployments", "read")
telling = router("deployments", "admin")

_EVER = "3650d"
# What ran before a deployment ran within this time before it.
_LOOK_BACK_NS = 7 * 86_400 * 10**9


class Telling(BaseModel):
    """A release: which revision a version is, and where it is being deployed."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    service: str = Field(min_length=1, max_length=200, examples=["shop"])
    """`service.name` of its telemetry."""
    version: str = Field("", max_length=200, examples=["1.4.2"])
    """`service.version` of its telemetry."""
    revision: str = Field("", max_length=200, examples=["2ac89889c1f4a1b2c3d4e5f60718293a4b5c6d7e"])
    """The commit that it is built from."""
    environment: str = Field("", max_length=200, examples=["prod"])
    """Where it is being deployed; empty only says which revision the version is, anywhere."""
    at: str | None = Field(None, max_length=40, examples=["2026-11-22T10:15:30Z"])
    """When it was deployed; now if left out. Only together with an environment."""


@routes.get("/deployments", response_model=Page[Deployment])
async def list_deployments(
    request: Request,
    asking: AskingOf,
    parts: PartsOf,
    service: parameters.Service = "",
    environment: parameters.Environment = "",
    since: parameters.SinceOr30d = None,
    until: parameters.Until = None,
    limit: parameters.Limit = 100,
    cursor: parameters.CursorText = None,
) -> Response:
    """Releases starting in an environment, newest first: by what telemetry tells, and what was announced."""
    asked = window(since or _since(until, parts), until, now_ns=parts.clock())
    return await asking.answer(
        request,
        lambda store: deployment_list.listed(
            store, asked, known(parts), service=service, environment=environment, limit=limit, cursor=cursor or None
        ),
    )


@routes.get("/deployments/{deployment_id}", response_model=DeploymentDetail, responses=missing())
async def show_deployment(
    request: Request,
    asking: AskingOf,
    parts: PartsOf,
    deployment_id: Annotated[
        str, Path(description="Id of the deployment, or at least 4 of its first digits.", pattern="^[0-9a-fA-F]{4,16}$")
    ],
) -> Response:
    """One deployment with its receipt: what got better or worse, or how small a change would have been seen."""

    def question(store: Store) -> DeploymentDetail:
        ever = window(_EVER, None, now_ns=parts.clock())
        found = deployment_list.one(store, ever, known(parts), deployment_id)
        if not found.is_final:
            found = _judged_now(store, parts, found)
        return DeploymentDetail(deployment_list.shown(found), found.receipt, deployment_list.advice(found.started))

    return await asking.answer(request, question)


@telling.post("/deployments", response_model=DeploymentTold)
async def tell_of_deployment(request: Request, asking: AskingOf, parts: PartsOf, wanted: Telling) -> Response:
    """Says which revision a version is, also afterwards, and with an environment that it is deployed there.

    The same told again changes nothing. Another revision of the same version takes the earlier one's place.
    """

    def question(_: Store) -> DeploymentTold:
        at_ns = None if wanted.at is None else instant_ns(wanted.at, "at", now_ns=parts.clock())
        told, is_new = parts.deployments.tell(
            wanted.service,
            environment=wanted.environment,
            version=wanted.version,
            revision=wanted.revision,
            is_deployed=bool(wanted.environment),
            deployed_ns=at_ns,
        )
        deployed = None if told.deployed_ns is None else rfc3339(told.deployed_ns)
        return DeploymentTold(told.service, told.environment, told.version, told.revision, deployed, is_new)

    return await asking.answer(request, question)


def _judged_now(store: Store, parts: Parts, found: Kept) -> Kept:
    """With the receipt as it would be made now; the loop keeps the same a little later."""
    started, now_ns = found.started, parts.clock()
    if started.since_ns is None:
        return found
    looked = Window(started.since_ns - _LOOK_BACK_NS, now_ns)
    told = parts.deployments.told()
    releases = seen(store, looked, service=started.service, environment=started.environment, told=told)
    made = receipt(store, started, releases, now_ns=now_ns)
    return Kept(started, made.verdict, is_final=False, receipt=replace(made, is_final=False)) if made else found


def known(parts: Parts) -> Known:
    """What the small state has of deployments."""
    return Known(parts.deployments.told(), parts.deployments.kept())


def _since(until: str | None, parts: Parts) -> str:
    until_ns = parts.clock() if until is None else instant_ns(until, "until", now_ns=parts.clock())
    return rfc3339(max(0, until_ns - 30 * 86_400 * 10**9))
