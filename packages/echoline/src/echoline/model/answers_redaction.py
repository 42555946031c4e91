"""What `rules test` answers with: texts before and after redaction, and what was found where."""

from dataclasses import dataclass
from typing import Literal

from echoline.model.answers import Answer


@dataclass(frozen=True, slots=True)
class RedactionHit(Answer):
    """What one rule found: characters [start, end) of the key or of the value before."""

    rule: str
    place: Literal["key", "value"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RedactionPreview(Answer):
    """An attribute, or a text with an empty key, before and after redaction; no hits: it stays as it is."""

    key: str
    value: str
    key_after: str
    value_after: str
    hits: tuple[RedactionHit, ...]


@dataclass(frozen=True, slots=True)
class RedactionPreviews(Answer):
    """What was tried, in its order."""

    items: tuple[RedactionPreview, ...]
