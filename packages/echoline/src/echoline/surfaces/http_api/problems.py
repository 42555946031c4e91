"""Errors as application/problem+json (RFC 9457): what failed, with which value, and what to do."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from echoline.errors import BadConfig, BadInput, Busy, Unavailable

CONTENT_TYPE = "application/problem+json"
_MOST_SHOWN = 80
_TITLES = {
    400: "Bad request",
    401: "A token is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    413: "Too large",
    421: "Not served here",
    429: "Busy",
    500: "Internal error",
    503: "Unavailable",
}


def problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: object) -> Response:
    """An answer that says what went wrong; `more` are further members."""
    title = _TITLES.get(status, "Error")
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(orjson.dumps(body), status, dict(headers or {}), CONTENT_TYPE)


def not_found(detail: str) -> BadInput:
    """What a route raises for something that is not there."""
    return BadInput(detail, reason="not_found")


def handle_errors(app: FastAPI) -> None:
    """Maps the errors of the house and of the framework."""
    app.add_exception_handler(BadInput, _bad_input)
    app.add_exception_handler(BadConfig, lambda _, error: problem(400, str(error), reason="bad_config"))
    app.add_exception_handler(Busy, lambda _, error: _later(429, error))
    app.add_exception_handler(Unavailable, lambda _, error: _later(503, error))
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _bad_input(_: Request, error: Exception) -> Response:
    reason = error.reason if isinstance(error, BadInput) else "bad_input"
    return problem(404 if reason == "not_found" else 400, str(error), reason=reason)


def _later(status: int, error: Exception) -> Response:
    after_s = error.retry_after_s if isinstance(error, Busy | Unavailable) else 1.0
    return problem(status, str(error), headers={"retry-after": str(max(1, math.ceil(after_s)))})


def _invalid(request: Request, error: Exception) -> Response:
    """Parameters and bodies that do not fit their description."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    told = [_told(request, each) for each in found]
    return problem(400, "; ".join(told) or "the request does not fit its description", reason="invalid")


def _told(request: Request, error: Mapping[str, Any]) -> str:
    """One error of the framework in our words; of a pattern, which nobody can read, the parameter's description."""
    place, *within = error["loc"]
    if place not in ("query", "path") or not isinstance(error["input"], str):
        return f"{'.'.join(str(part) for part in within) or place}: {error['msg']}"
    name, given = str(within[0]), f"{within[0]} = {error['input'][:_MOST_SHOWN]!r}"
    if error["type"] == "string_pattern_mismatch":
        return f"{given} does not fit: {_description(request, name)}"
    return f"{given}: {error['msg'].replace('Input should', 'it should')}"


def _description(request: Request, name: str) -> str:
    described = request.app.openapi()["paths"][request.scope["route"].path_format][request.method.lower()]
    return next(str(each["description"]) for each in described["parameters"] if each["name"] == name)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    details = {
        404: f"there is nothing at {request.url.path}; /api/v1/openapi.json lists what there is",
        405: f"{request.url.path} does not take {request.method}",
    }
    return problem(status, details.get(status, str(error)), headers=headers)


@dataclass(frozen=True)
class Problem:
    """What went wrong."""

    __pydantic_config__ = {"use_attribute_docstrings": True}  # noqa: RUF012 (pydantic asks for it by name)

    type: str
    title: str
    status: int
    detail: str
    """What failed, with which value, and what to do."""
    reason: str | None = None
    """A word for programs, where there is one."""


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The errors of a route for OpenAPI."""
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _TITLES[status], "content": content} for status in statuses}
