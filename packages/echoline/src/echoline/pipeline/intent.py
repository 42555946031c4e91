"""What the load loop is about to do, written down durably before it does it.

After a crash exactly this is done again: the same requests, decoded with the same settings at the same time, cut into
the same inserts with the same deduplication tokens. So what was inserted is not inserted twice, and what was not, is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from echoline import files
from echoline.config import LimitsConfig, RedactionConfig, RetentionConfig
from echoline.errors import BadConfig
from echoline.model.records import Position

_NAME = "intent.json"


@dataclass(frozen=True)
class Terms:
    """Settings that decide which rows come out of a request."""

    limits: LimitsConfig
    retention: RetentionConfig
    redaction: RedactionConfig
    max_decompressed_bytes: int


@dataclass(frozen=True)
class Intent:
    """One batch: the journal from `start` to `end`.

    `id` is unique forever (positions are not: a journal can be moved away). `cut` holds for each table the places
    after which the next insert begins. `done` names inserts that must not be repeated: those of a batch with more
    partitions than the store remembers tokens for.
    """

    id: str
    start: Position
    end: Position
    now_ns: int
    terms: Terms
    version: str
    cut: Mapping[str, tuple[int, ...]]
    done: frozenset[str] = frozenset()
    arrived_ns: int = 0
    """When its spans arrived: later than those of any batch before. 0 in intents of before there was such a time."""

    def having(self, done: str) -> "Intent":
        """The same with one more insert done."""
        return replace(self, done=self.done | {done})


def read_intent(journal: Path) -> Intent | None:
    """The last one that was written. Raises BadConfig if the file is none."""
    path = journal / _NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Intent)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise BadConfig(f"{path} holds no intent: restore it from a backup, or move the journal away") from error


def write_intent(journal: Path, intent: Intent) -> None:
    """Durable when it returns. Raises OSError."""
    files.replace(journal / _NAME, msgspec.json.encode(intent))
