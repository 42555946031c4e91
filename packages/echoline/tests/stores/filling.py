"""Puts batches into an engine as the load loop does."""

import itertools

from batches import NOW_NS
from echoline.config import RetentionConfig
from echoline.model.batch import Batch
from echoline.stores.ages import Ages
from echoline.stores.engine import Engine
from echoline.stores.rows import rows

_TOKENS = itertools.count()


def fill(engine: Engine, *batches: Batch, retention: RetentionConfig | None = None, now_ns: int = NOW_NS) -> None:
    for batch in batches:
        made = rows(batch, Ages(retention or RetentionConfig(), 24 * 3600, now_ns))
        for table, content in made.tables.items():
            engine.insert(table, content, f"fill:{next(_TOKENS)}")


def count(engine: Engine, *tables: str) -> dict[str, int]:
    return {table: int(str(engine.rows(f"SELECT count() AS n FROM {table}")[0]["n"])) for table in tables}
