"""Which resources and scopes the store has already, so that not every batch inserts them again."""

import pyarrow as pa

from echoline.pipeline.preparing import Prepared

_IDS = {"resources": "resource_id", "scopes": "scope_id"}
_MOST = 100_000
_Key = tuple[str, int, int]


class Seen:
    """Ids with their days, since the start of this process. Inserting one again does no harm: it takes time."""

    def __init__(self) -> None:
        self._keys: set[_Key] = set()

    def fresh(self, name: str, table: pa.Table) -> pa.Table:
        """The rows that may be missing in the store; of other tables all."""
        if name not in _IDS:
            return table
        return table.filter(pa.array([key not in self._keys for key in _keys(name, table)], pa.bool_()))

    def learn(self, prepared: Prepared) -> None:
        """These have been inserted and committed."""
        for name, tables in prepared.tables.items():
            if name in _IDS:
                self._keys.update(key for table in tables for key in _keys(name, table))
        if len(self._keys) > _MOST:
            self._keys.clear()

    def forget(self) -> None:
        """Rows may have been deleted from the store."""
        self._keys.clear()


def _keys(name: str, table: pa.Table) -> list[_Key]:
    ids = table.column(_IDS[name]).to_pylist()
    days = table.column("day").cast(pa.int32()).to_pylist()
    return [(name, each, day) for each, day in zip(ids, days, strict=True)]
