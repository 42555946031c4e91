"""One router a noun."""

from typing import Any

from fastapi import APIRouter, Depends

from echoline.model.tokens import Scope
from echoline.surfaces.http_api.access import knows_parameters, needs
from echoline.surfaces.http_api.problems import documented

PREFIX = "/api/v1"
ALWAYS = (400, 401, 403, 421, 429, 503)


def router(tag: str, scope: Scope) -> APIRouter:
    """An empty router whose routes need a token with this scope where tokens are needed."""
    errors: Any = documented(*ALWAYS)
    guards = [needs(scope), Depends(knows_parameters)]
    return APIRouter(prefix=PREFIX, tags=[tag], dependencies=guards, responses=errors)


def missing() -> Any:
    """The documented answer of a route for something that may not be there."""
    return documented(404)
