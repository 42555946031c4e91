"""Requests that could not be decoded and are kept aside."""

from dataclasses import asdict
from typing import Annotated

from fastapi import Path, Query, Request
from starlette.responses import Response

from echoline.kinds import Store
from echoline.model.answers_admin import Items, QuarantinedRequest, QuarantineList
from echoline.model.instants import rfc3339
from echoline.pipeline.quarantine import Quarantined
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.problems import not_found
from echoline.surfaces.http_api.routes import missing, router

routes = router("quarantine", "admin")

RequestId = Annotated[str, Path(description="Id of the request.", pattern=r"^\d{20}-[0-9a-f]{16}$")]


@routes.get("/quarantine", response_model=QuarantineList)
async def list_quarantine(
    request: Request,
    asking: AskingOf,
    parts: PartsOf,
    limit: Annotated[int, Query(description="Most items in the answer.", ge=1, le=1000)] = 100,
) -> Response:
    """What is kept aside, newest first, and why."""

    def question(_: Store) -> QuarantineList:
        kept = parts.quarantine.all()
        newest = tuple(_shown(each) for each in kept[::-1][:limit])
        return QuarantineList(newest, len(kept), sum(each.size_bytes for each in kept))

    return await asking.answer(request, question)


@routes.get(
    "/quarantine/{request_id}",
    response_class=Response,
    responses={
        200: {
            "description": "The body as it was sent: telemetry before redaction",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **missing(),
    },
)
async def show_quarantined(request: Request, asking: AskingOf, parts: PartsOf, request_id: RequestId) -> Response:
    """The bytes of one request, which nobody has redacted."""
    body = await asking.run(request, lambda: parts.quarantine.body(request_id))
    headers = {"content-disposition": f'attachment; filename="{request_id}.bin"'}
    return Response(body, media_type="application/octet-stream", headers=headers)


@routes.delete("/quarantine", response_model=Items)
async def purge_quarantine(request: Request, asking: AskingOf, parts: PartsOf) -> Response:
    """Deletes all that is kept aside."""
    return await asking.answer(request, lambda _: Items(parts.quarantine.purge()))


@routes.delete("/quarantine/{request_id}", response_model=Items, responses=missing())
async def delete_quarantined(request: Request, asking: AskingOf, parts: PartsOf, request_id: RequestId) -> Response:
    """Deletes one request."""

    def question(_: Store) -> Items:
        gone = parts.quarantine.purge(lambda each: each.id == request_id)
        if not gone:
            raise not_found(f"no quarantined request {request_id!r}; it may have been deleted for its age")
        return Items(gone)

    return await asking.answer(request, question)


def _shown(kept: Quarantined) -> QuarantinedRequest:
    fields = asdict(kept)
    return QuarantinedRequest(received=rfc3339(fields.pop("received_ns")), **fields)
