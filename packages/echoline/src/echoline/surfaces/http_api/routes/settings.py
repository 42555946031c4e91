"""The settings in effect, and what redaction rules would do."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import msgspec
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from echoline.config import RedactionRule, Settings
from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.model.answers_admin import SettingList, SettingShown
from echoline.model.answers_redaction import RedactionPreview, RedactionPreviews
from echoline.model.records import Signal
from echoline.queries.stored_texts import stored_texts
from echoline.queries.windows import window
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.routes import router

routes = router("settings", "admin")

MOST_ITEMS = 1000


class Given(BaseModel):
    """A text to try rules on."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    key: str = Field(default="", max_length=1000)
    """Of an attribute; empty for a text that stands by itself."""
    value: str = Field(max_length=100_000, examples=["card 4111 1111 1111 1111"])


class Stored(BaseModel):
    """Which stored texts to try rules on: distinct ones of the newest items."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    signal: Signal
    service: str = Field(default="", max_length=1000)
    since: str | None = Field(default=None, max_length=100, examples=["1h"])
    limit: int = Field(default=100, ge=1, le=MOST_ITEMS)


class Trying(BaseModel):
    """Rules to try, beside those in effect, and what to try them on."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    items: list[Given] = Field(default=[], max_length=MOST_ITEMS)
    stored: Stored | None = None
    rules: list[RedactionRule] = Field(default=[], max_length=100)
    """Own rules to try, as in `[[redaction.rules]]`."""
    off: list[str] = Field(default=[], max_length=100)
    """Built-in kinds to switch off for the trial."""


@routes.get("/config", response_model=SettingList)
async def list_settings(request: Request, asking: AskingOf, parts: PartsOf) -> Response:
    """The settings that the server runs with."""
    return await asking.answer(request, lambda _: SettingList(tuple(_shown(parts.settings, Settings()))))


def _shown(now: Any, default: Any, prefix: str = "") -> Iterator[SettingShown]:
    for each in fields(now):
        name, value, usual = prefix + each.name, getattr(now, each.name), getattr(default, each.name)
        if is_dataclass(value):
            yield from _shown(value, usual, name + ".")
        else:
            yield SettingShown(name, msgspec.to_builtins(value, enc_hook=str), value == usual)


@routes.post("/rules/test", response_model=RedactionPreviews)
async def try_rules(request: Request, asking: AskingOf, parts: PartsOf, wanted: Trying) -> Response:
    """Texts before and after redaction, given ones or stored ones; nothing is changed."""
    if not wanted.items and wanted.stored is None:
        raise BadInput("nothing to try the rules on: give items, or say which stored ones")
    redaction = replace(
        parts.settings.redaction,
        rules=(*parts.settings.redaction.rules, *wanted.rules),
        off=(*parts.settings.redaction.off, *wanted.off),
    )

    def question(store: Store) -> RedactionPreviews:
        pairs = [(each.key, each.value) for each in wanted.items] + _stored(store, wanted.stored, parts.clock())
        shown: list[RedactionPreview] = parts.redaction_preview(redaction, pairs)
        return RedactionPreviews(tuple(shown))

    return await asking.answer(request, question)


def _stored(store: Store, wanted: Stored | None, now_ns: int) -> list[tuple[str, str]]:
    if wanted is None:
        return []
    return stored_texts(store, window(wanted.since, None, now_ns=now_ns), wanted.signal, wanted.service, wanted.limit)
