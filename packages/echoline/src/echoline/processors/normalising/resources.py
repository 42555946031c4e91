"""The columns of resources."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from echoline.model.batch import NORMALISED, PROMOTED_RESOURCE, Batch, Part
from echoline.processors.normalising.cells import cells
from echoline.processors.normalising.columns import with_columns
from echoline.processors.normalising.pools import GrowingPool
from echoline.processors.normalising.promoting import promoted

UNKNOWN = "unknown_service"
EXECUTABLE = "process.executable.name"


def normalised_resources(batch: Batch) -> Part:
    """Resources with their columns. One without a name is called as the SDK's specification says."""
    part = batch.parts["resources"]
    keys = [*PROMOTED_RESOURCE, EXECUTABLE]
    found = cells(part.attributes, keys, GrowingPool(batch.pool).roles(keys))
    promotion = promoted(part, batch.pool, found, PROMOTED_RESOURCE)
    columns = dict(promotion.columns)
    services = columns["service"].to_pylist()
    if "" in services:
        codes = found.code(EXECUTABLE) if EXECUTABLE in found else np.full(len(part), -1, np.int32)
        executables = [batch.pool.values[code].as_py() if code >= 0 else "" for code in codes.tolist()]
        named = [
            service or f"{UNKNOWN}:{executable}".rstrip(":")
            for service, executable in zip(services, executables, strict=True)
        ]
        columns["service"] = pa.array(named, pa.string()).dictionary_encode()
    return replace(
        promotion.part,
        columns=with_columns(promotion.part.columns, columns, NORMALISED[batch.signal]["resources"]),
    )
