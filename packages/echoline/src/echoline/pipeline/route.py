"""What lies between the journal and the store, and in which order."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.metadata import version
from typing import cast

import msgspec

from echoline.config import Settings
from echoline.conventions import NORMALISER_VERSION
from echoline.decoding import decode
from echoline.kinds import Processor
from echoline.pipeline.intent import Terms
from echoline.pipeline.preparing import Preparing, ToRows
from echoline.registry import component


def processors(terms: Terms, hash_key: bytes) -> tuple[Processor, ...]:
    """All that a batch passes, in this order: redaction comes last, so that it sees what the others made."""
    return (
        _processor("normalise"),
        _processor("redact", terms.redaction, hash_key),
    )


@dataclass(frozen=True)
class Route:
    """Settings and what follows from them, for one batch after the other."""

    terms: Terms
    version: str
    preparing: Callable[[Terms, int], Preparing]
    """Also for other terms than these: those of an intent from before a restart."""


def route(settings: Settings, to_rows: ToRows, hash_key: bytes) -> Route:
    """Raises BadConfig when a processor is not installed or does not take its settings."""
    terms = Terms(settings.limits, settings.retention, settings.redaction, settings.receive.max_decompressed_bytes)
    # They remember what they have seen, so the same ones serve all batches.
    made = lru_cache(2)(partial(processors, hash_key=hash_key))

    def preparing(terms: Terms, now_ns: int) -> Preparing:
        limited = partial(decode, max_body_bytes=terms.max_decompressed_bytes)
        return Preparing(limited, made(terms), to_rows, terms.limits, terms.retention, now_ns)

    made(terms)
    return Route(terms, _version(terms), preparing)


def _version(terms: Terms) -> str:
    """Of the program, its rules of naming and the settings: tells whether an intent is replayed by what wrote it."""
    return f"{version('echoline')}-{NORMALISER_VERSION}-{hashlib.sha256(msgspec.json.encode(terms)).hexdigest()[:16]}"


def _processor(name: str, *settings: object) -> Processor:
    kind = cast("Callable[..., Processor]", component("processors", name))
    return kind(*settings)
