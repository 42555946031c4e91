"""Puts batches into the tables of an engine: `keep(engine, "traces", span("GET /cart"))`."""

import itertools
from typing import TYPE_CHECKING

from batches import NOW_NS, Item, batch
from echoline.config import RetentionConfig
from echoline.model.records import Signal
from echoline.model.window import Window

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

_TOKENS = itertools.count()
HOUR_NS = 3600 * 10**9
LAST_DAY = Window(NOW_NS - 24 * HOUR_NS, NOW_NS)


def keep(engine: "Engine", signal: Signal, *items: Item) -> None:
    """As load does: with retention off, so that any time goes."""
    from echoline.stores.ages import Ages
    from echoline.stores.rows import rows

    made = rows(batch(signal, *items), Ages(RetentionConfig(raw="off"), 24 * 3600, NOW_NS))
    assert not made.rejected
    for table, content in made.tables.items():
        engine.insert(table, content, f"{table} {next(_TOKENS)}")
