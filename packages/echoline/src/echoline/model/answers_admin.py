"""Answers about running Echoline itself: loading, deleting, exporting, quarantine, tokens, settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from echoline.model.answers import Answer
from echoline.model.instants import Instant
from echoline.model.tokens import Scope


@dataclass(frozen=True, slots=True)
class Items(Answer):
    """How much was changed."""

    items: int


@dataclass(frozen=True, slots=True)
class Flushed(Answer):
    """How far loading is."""

    is_complete: bool
    """Whether everything that had been acknowledged before the question can be asked now."""
    lag_seconds: float
    """Age of the oldest accepted request that cannot be asked yet; 0 when there is none."""
    problem: str | None
    """Why loading stands still; null when it does not."""


@dataclass(frozen=True, slots=True)
class Deleted(Answer):
    """Rows deleted, by table."""

    deleted: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ExportDay(Answer):
    """What can be exported as one Parquet file."""

    signal: Literal["traces", "logs", "metrics", "profiles"]
    day: str
    """UTC, like 2026-11-22."""
    rows: int


@dataclass(frozen=True, slots=True)
class ExportDays(Answer):
    """All that can be exported, by signal and day."""

    items: tuple[ExportDay, ...]


@dataclass(frozen=True, slots=True)
class Backup(Answer):
    """A backup that was made or brought back."""

    folder: str
    """On the machine of the server."""
    echoline: str
    """Version that made it."""
    made: Instant
    stored: Mapping[str, int]
    """Rows in it."""


@dataclass(frozen=True, slots=True)
class QuarantinedRequest(Answer):
    """A request that could not be decoded, kept aside with its bytes."""

    id: str
    received: Instant
    signal: str
    format: str
    encoding: str
    reason: str
    message: str
    size_bytes: int
    """Of the body as it was sent."""


@dataclass(frozen=True, slots=True)
class QuarantineList(Answer):
    """What is kept aside, newest first."""

    items: tuple[QuarantinedRequest, ...]
    total: int
    size_bytes: int
    """All of them together."""


@dataclass(frozen=True, slots=True)
class TokenShown(Answer):
    """A token without its secret, which nobody keeps."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created: Instant
    revoked: Instant | None
    """Null while it is valid."""


@dataclass(frozen=True, slots=True)
class NewToken(Answer):
    """A token that was just made."""

    token: TokenShown
    secret: str
    """Shown this once."""


@dataclass(frozen=True, slots=True)
class TokenList(Answer):
    """All tokens ever made, oldest first."""

    items: tuple[TokenShown, ...]


@dataclass(frozen=True, slots=True)
class SettingShown(Answer):
    """A setting in effect."""

    name: str
    """Dotted, like `retention.raw`."""
    value: object
    is_default: bool


@dataclass(frozen=True, slots=True)
class SettingList(Answer):
    """All settings in effect, in the order of their definition."""

    items: tuple[SettingShown, ...]
