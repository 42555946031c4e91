"""Brings a batch into one spelling: attribute names and values of today, operations, queries, patterns, own columns."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc

from echoline.model.batch import Batch
from echoline.processors.normalising.cells import Mask
from echoline.processors.normalising.columns import dictionary
from echoline.processors.normalising.log_columns import normalised_logs
from echoline.processors.normalising.pools import GrowingPool
from echoline.processors.normalising.renaming import Rules, renamed
from echoline.processors.normalising.resources import normalised_resources
from echoline.processors.normalising.span_columns import normalised_spans

SERVER, CONSUMER = 2, 5


@dataclass(frozen=True)
class Normalise:
    """Everything that `conventions` knows, applied to columns; docs/conventions.md tells it to users.

    The columns that are added are those of NORMALISED. What was renamed or respelled stays in `originals` of its part.
    """

    def process(self, batch: Batch) -> Batch:
        """The batch with attributes renamed and promoted and the columns added; the input stays as it is."""
        batch = _with_present_names(batch)
        parts = {**batch.parts, "resources": normalised_resources(batch)}
        batch = replace(batch, parts=parts)
        if batch.signal == "traces":
            parts["rows"] = normalised_spans(batch)
        elif batch.signal == "logs":
            parts["rows"] = normalised_logs(batch)
        return replace(batch, parts=parts)


def _with_present_names(batch: Batch) -> Batch:
    pool = GrowingPool(batch.pool)
    # The attributes of a point are its identity: nothing of them may get lost or become equal.
    is_point = batch.signal == "metrics"
    rules = Rules.of(pool, is_respelled=not is_point)
    sides = _metric_sides(batch) if is_point else _span_sides(batch)
    parts = {
        name: renamed(
            part,
            pool,
            rules,
            is_server=sides if name == "rows" else None,
            is_lossy=not (is_point and name == "rows"),
        )
        for name, part in batch.parts.items()
    }
    return replace(batch, parts=parts, pool=pool.pool())


def _span_sides(batch: Batch) -> Mask | None:
    if batch.signal != "traces":
        return None
    return np.isin(batch.parts["rows"].columns["kind"].to_numpy(), (SERVER, CONSUMER))


def _metric_sides(batch: Batch) -> Mask:
    """Points of a metric like `http.server.duration` were measured by a server."""
    codes, names = dictionary(batch.parts["metrics"].columns["name"])
    is_server = np.asarray(pc.match_substring(names, ".server."))[codes]
    sides: Mask = is_server[batch.parts["rows"].columns["metric"].to_numpy()]
    return sides
