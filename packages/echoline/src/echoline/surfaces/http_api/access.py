"""Who may ask a route, and with which parameters."""

import difflib
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from echoline.errors import BadInput
from echoline.model.tokens import Scope
from echoline.surfaces.http_api.asking import Asking
from echoline.surfaces.http_api.parts import Parts

_BEARER = HTTPBearer(
    auto_error=False, description="Needed as soon as there is a token, and on other addresses than loopback."
)


def needs(scope: Scope) -> Any:
    """A dependency that lets in who may do this."""

    def judge(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]) -> None:
        verdict = parts_of(request).authority.verdict(request.headers.get("authorization"), scope)
        if verdict == "unauthenticated":
            words = f"a token with scope {scope!r} is needed: send it as `Authorization: Bearer ...`"
            raise HTTPException(401, words, {"www-authenticate": "Bearer"})
        if verdict == "forbidden":
            raise HTTPException(
                403, f"this token has not the scope {scope!r}; `echoline tokens list` shows what it has"
            )

    return Depends(judge)


def knows_parameters(request: Request) -> None:
    """Refuses parameters that the route does not know: a misspelt filter would answer another question."""
    known = request.app.state.parameters.get(request.scope["route"].path_format, ())
    for name in request.query_params:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known)) or 'none'}"
            raise BadInput(f"unknown parameter {name!r}; {hint}", reason="invalid")


def parts_of(request: Request) -> Parts:
    """What the application was made with."""
    parts: Parts = request.app.state.parts
    return parts


def asking_of(request: Request) -> Asking:
    """What runs the application's questions."""
    asking: Asking = request.app.state.asking
    return asking


PartsOf = Annotated[Parts, Depends(parts_of)]
AskingOf = Annotated[Asking, Depends(asking_of)]
