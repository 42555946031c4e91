"""Makes the ASGI application that serves API, OpenAPI description and the page at `/`."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter
from starlette.types import ASGIApp

from echoline.browsers import Browsers
from echoline.surfaces.http_api.asking import Answered, Asking
from echoline.surfaces.http_api.door import Door
from echoline.surfaces.http_api.examples import EXAMPLES
from echoline.surfaces.http_api.parts import Parts
from echoline.surfaces.http_api.problems import Problem, handle_errors
from echoline.surfaces.http_api.routes import (
    PREFIX,
    code,
    compare,
    deployments,
    health,
    keeping,
    logs,
    metrics,
    operations,
    probes,
    profiles,
    quarantine,
    repositories,
    revisions,
    settings,
    tokens,
    traces,
)
from echoline.surfaces.http_api.tailing import Tails

_ABOUT = """What your programs do at run time, as they told it by OpenTelemetry.

Lists take `since`, `until`, `limit` and `cursor`, and answer with `items` and `next`; the window is the last 24 hours
unless told otherwise, and an empty answer names the time of the `newest` data. Times are RFC 3339 in UTC with
nanoseconds; names that end in `_ns` are lengths of time in nanoseconds. Errors are problem+json."""


def api(parts: Parts, answered: Answered = lambda *_: None) -> ASGIApp:
    """The whole application; its questions go to `parts.engine`, and `answered` is told of each answer."""
    app = FastAPI(
        title="Echoline",
        version=parts.version,
        description=_ABOUT,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.state.parts, app.state.asking, app.state.tails = parts, Asking(parts, answered), Tails()
    handle_errors(app)
    for each in (
        health,
        operations,
        code,
        traces,
        logs,
        metrics,
        profiles,
        keeping,
        quarantine,
        tokens,
        settings,
        deployments,
        revisions,
        compare,
    ):
        app.include_router(each.routes)
    app.include_router(keeping.exports)
    app.include_router(repositories.routes)
    app.include_router(repositories.fetching)
    app.include_router(deployments.telling)
    app.include_router(probes.routes)
    _describe(app)
    return Door(app, Browsers(parts.settings.server))


def _describe(app: FastAPI) -> None:
    """Completes the description: errors as we tell them, examples; and notes which parameters each route knows."""
    described = app.openapi()
    schemas = described["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = TypeAdapter(Problem).json_schema()
    for name, example in EXAMPLES.items():
        schemas[name]["examples"] = [example]
    known: dict[str, frozenset[str]] = {}
    for path, operations_at in described["paths"].items():
        for operation in operations_at.values():
            operation["responses"].pop("422", None)
            known[path] = known.get(path, frozenset()) | _query_parameters(operation)
    app.state.parameters = known


def _query_parameters(operation: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(each["name"] for each in operation.get("parameters", ()) if each["in"] == "query")
