"""Tokens that let a program in: what they allow and how they look from outside."""

from dataclasses import dataclass
from typing import Literal, get_args

Scope = Literal["ingest", "read", "admin"]
"""Send telemetry; ask for it; change and delete things. Each is given by itself, none implies another."""
SCOPES: tuple[Scope, ...] = get_args(Scope)

Verdict = Literal["allowed", "unauthenticated", "forbidden"]
"""What a request may: all it asked for; nothing, for want of a valid token; nothing, for want of the scope."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret, which nobody keeps."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_ns: int
    revoked_ns: int | None = None
    """When it was revoked; None while it is valid."""


@dataclass(frozen=True, slots=True)
class TokenHash:
    """What is needed to recognise a valid token."""

    sha256: str
    """Of the whole token, in hex."""
    scopes: tuple[Scope, ...]
