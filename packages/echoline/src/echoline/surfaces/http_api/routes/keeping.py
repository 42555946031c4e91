"""Deletes, exports, backs up and brings back what is stored."""

from typing import Annotated, Any

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.model.answers_admin import Backup, Deleted, ExportDay, ExportDays
from echoline.model.instants import rfc3339
from echoline.model.records import SIGNALS, Signal
from echoline.queries.windows import instant_ns
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.routes import router

routes = router("keeping", "admin")
# Exports are made from what anyone with this scope may read.
exports = router("keeping", "read")

_PATH = Field(min_length=1, max_length=1000)


class Deleting(BaseModel):
    """What to delete: all that is given must hold."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    service: str | None = Field(default=None, max_length=1000)
    environment: str | None = Field(default=None, max_length=1000)
    before: str | None = Field(default=None, max_length=100, examples=["30d"])
    """Everything older, to the hour; spelt like `since`."""


class BackingUp(BaseModel):
    """Where to put a backup."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    folder: str = _PATH
    """A new folder on the server's machine; a relative one is below `backups` in the data directory."""


class Restoring(BackingUp):
    """Which backup to bring back."""

    replace: bool = False
    """Whether what is stored now may go."""


@routes.post("/delete", response_model=Deleted)
async def delete(request: Request, asking: AskingOf, parts: PartsOf, wanted: Deleting) -> Response:
    """Deletes by service, environment and age. Takes a while: it rewrites what holds them."""
    if wanted.service is None and wanted.environment is None and wanted.before is None:
        raise BadInput("nothing is named: give service, environment or before")
    before_ns = None if wanted.before is None else instant_ns(wanted.before, "before", now_ns=parts.clock())

    def question(_: Store) -> Deleted:
        arguments: dict[str, Any] = {
            "service": wanted.service,
            "environment": wanted.environment,
            "before_ns": before_ns,
        }
        answer: dict[str, Any] = parts.engine.operate("delete", **arguments)
        return Deleted(answer["deleted"])

    return await asking.answer(request, question)


@routes.post("/backup", response_model=Backup)
async def back_up(request: Request, asking: AskingOf, parts: PartsOf, wanted: BackingUp) -> Response:
    """Copies what is stored into a folder, while everything runs on."""
    return await asking.answer(request, lambda _: _backup(parts.engine.operate("backup", folder=wanted.folder)))


@routes.post("/restore", response_model=Backup)
async def restore(request: Request, asking: AskingOf, parts: PartsOf, wanted: Restoring) -> Response:
    """Puts a backup in the place of what is stored."""
    return await asking.answer(
        request,
        lambda _: _backup(parts.engine.operate("restore", folder=wanted.folder, replace=wanted.replace)),
    )


def _backup(answer: dict[str, Any]) -> Backup:
    return Backup(answer["folder"], answer["echoline"], rfc3339(answer["made_ns"]), answer["stored"])


@exports.get("/export", response_model=ExportDays)
async def list_export(request: Request, asking: AskingOf, parts: PartsOf) -> Response:
    """What can be exported, by signal and day."""

    def question(_: Store) -> ExportDays:
        found = list[ExportDay]()
        for signal in SIGNALS:
            answer: dict[str, Any] = parts.engine.operate("days", signal=signal)
            found += [ExportDay(signal, day, rows) for day, rows in answer["days"].items()]
        return ExportDays(tuple(found))

    return await asking.answer(request, question)


@exports.get(
    "/export/{signal}/{day}",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A Parquet file",
            "content": {"application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def export(
    request: Request,
    asking: AskingOf,
    parts: PartsOf,
    signal: Annotated[Signal, Path(description="Of which items.")],
    day: Annotated[str, Path(description="UTC, like 2026-11-22.", pattern=r"^\d{4}-\d\d-\d\d$")],
) -> Response:
    """One day of one signal as Parquet."""
    blocks = parts.engine.stream("export", signal=signal, day=day)
    # The first block comes before the answer begins, so that what fails is told as such.
    first = await asking.run(request, lambda: next(blocks, b""))

    async def rest() -> Any:
        yield first
        while block := await asking.next_of(blocks):
            yield block

    name = f'attachment; filename="{signal}-{day}.parquet"'
    return StreamingResponse(rest(), media_type="application/vnd.apache.parquet", headers={"content-disposition": name})
