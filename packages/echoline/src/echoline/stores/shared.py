"""What the rows of a batch take from their resource and scope: computed once each, then taken by number."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from echoline.model.batch import STRING, Batch, Int32s, Part, Pool
from echoline.stores.columns import Columns, array, numbers, same, taken
from echoline.stores.identity import Ids, ids_of_attributes, ids_of_strings, mixed
from echoline.stores.maps import Maps

_RESOURCE = ("service", "environment", "version", "revision")


@dataclass(frozen=True)
class Shared:
    """A batch, and for each row its resource and scope by number in the arrays beside it."""

    batch: Batch
    maps: Maps
    retention_days: npt.NDArray[np.uint16]
    resource_ids: Ids
    scope_ids: Ids
    resource: Int32s
    scope: Int32s

    @classmethod
    def of(cls, batch: Batch, retention_days: npt.NDArray[np.uint16]) -> "Shared":
        """`retention_days` by resource."""
        resources, scopes, main = (batch.parts[name] for name in ("resources", "scopes", "rows"))
        return cls(
            batch,
            Maps.of(batch.pool),
            retention_days,
            _ids(resources, batch.pool),
            _ids(scopes, batch.pool),
            numbers(main, "resource"),
            numbers(main, "scope"),
        )

    def columns(self) -> Columns:
        """What each row of the main table says of its resource and scope."""
        resources, scopes = self.batch.parts["resources"], self.batch.parts["scopes"]
        return {name: taken(resources, name, self.resource) for name in _RESOURCE} | {
            "resource_id": pa.array(self.resource_ids[self.resource]),
            "scope_id": pa.array(self.scope_ids[self.scope]),
            "scope": taken(scopes, "name", self.scope),
            "retention_days": pa.array(self.retention_days[self.resource]),
        }

    def resources(self, days: npt.NDArray[np.int64]) -> Columns:
        """One row per resource and day (since 1970) that occur together."""
        part = self.batch.parts["resources"]
        columns = same(part, (*_RESOURCE, "namespace", "instance", "schema_url", "dropped_attributes"))
        columns |= self.maps.columns(part)
        return _by_day("resource_id", columns, self.resource_ids, self.resource, days)

    def scopes(self, days: npt.NDArray[np.int64]) -> Columns:
        """One row per scope and day (since 1970) that occur together."""
        part = self.batch.parts["scopes"]
        columns = same(part, ("name", "version", "schema_url", "dropped_attributes"))
        columns |= self.maps.columns(part)
        return _by_day("scope_id", columns, self.scope_ids, self.scope, days)


def _ids(part: Part, pool: Pool) -> Ids:
    """Over every string column and the attributes."""
    strings = sorted(field.name for field in part.columns.schema if field.type == STRING)
    return mixed(*(ids_of_strings(array(part, name)) for name in strings), ids_of_attributes(part.attributes, pool))


def _by_day(name: str, columns: Columns, ids: Ids, of_row: Int32s, days: npt.NDArray[np.int64]) -> Columns:
    _, first, inverse = np.unique(ids, return_index=True, return_inverse=True)
    representative = first[inverse].astype(np.int64)  # of those that are alike the first one
    pairs = np.unique(representative[of_row] << 32 | days)
    number, day = (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)
    return {
        name: pa.array(ids[number]),
        **{key: column.take(pa.array(number)) for key, column in columns.items()},
        "day": pa.array(day).cast(pa.date32()),
    }
