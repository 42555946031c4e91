"""Tokens: make, list, revoke."""

from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from echoline.kinds import Store
from echoline.model.answers_admin import Items, NewToken, TokenList, TokenShown
from echoline.model.instants import rfc3339
from echoline.model.tokens import Scope, Token
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.routes import missing, router

routes = router("tokens", "admin")


class Making(BaseModel):
    """A token to make."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    name: str = Field(min_length=1, max_length=100, examples=["laptop"])
    """For people, to know it by."""
    scopes: list[Scope] = Field(min_length=1, max_length=10)
    """What it lets do: each by itself, none implies another."""


@routes.get("/tokens", response_model=TokenList)
async def list_tokens(request: Request, asking: AskingOf, parts: PartsOf) -> Response:
    """All tokens ever made, without their secrets."""
    return await asking.answer(request, lambda _: TokenList(tuple(_shown(each) for each in parts.tokens.all())))


@routes.post("/tokens", response_model=NewToken)
async def make_token(request: Request, asking: AskingOf, parts: PartsOf, wanted: Making) -> Response:
    """Makes a token. From the first one on every request needs one, for all scopes."""

    def question(_: Store) -> NewToken:
        token, secret = parts.tokens.create(wanted.name, wanted.scopes)
        return NewToken(_shown(token), secret)

    return await asking.answer(request, question)


@routes.delete("/tokens/{token_id}", response_model=Items, responses=missing())
async def revoke_token(
    request: Request,
    asking: AskingOf,
    parts: PartsOf,
    token_id: Annotated[str, Path(description="Id of the token.", max_length=100)],
) -> Response:
    """Ends a token at once."""

    def question(_: Store) -> Items:
        parts.tokens.revoke(token_id)
        return Items(1)

    return await asking.answer(request, question)


def _shown(token: Token) -> TokenShown:
    revoked = None if token.revoked_ns is None else rfc3339(token.revoked_ns)
    return TokenShown(token.id, token.name, token.scopes, rfc3339(token.created_ns), revoked)
