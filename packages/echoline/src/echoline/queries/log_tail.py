"""Follows log records in the order in which they are stored, so that late ones are not missed.

The engine numbers the blocks that are inserted, and keeps the number of each row through merges and deletions.
"""

from dataclasses import dataclass

from echoline.kinds import Store
from echoline.model.answers_logs import LogRecord
from echoline.queries.log_records import COLUMNS, log_record
from echoline.queries.logs import LogFilter
from echoline.queries.pages import Row, rows
from echoline.queries.params import Params


@dataclass(frozen=True)
class Tail:
    """Records stored since the last look, in order of insertion, and where to go on."""

    records: tuple[LogRecord, ...]
    at: int
    left_out: int
    """Records beyond the limit that are skipped, so that a tail does not fall behind."""


def end_of_logs(store: Store) -> int:
    """Where a tail begins that shows only what is stored from now on."""
    (row,) = rows(store, f"SELECT {_NEWEST_BLOCK} AS at", Params())
    return int(row["at"])


def tail(store: Store, wanted: LogFilter, after: int, *, limit: int = 200) -> Tail:
    """Records stored after `after`, the newest `limit` of them."""
    end = end_of_logs(store)
    if end == after:
        return Tail((), after, 0)
    if end < after:  # all parts are gone, and the engine counts anew
        after = 0
    params = Params()
    place = params.put(after, "UInt64")
    # Parts without a new block need not be read; the newest block is taken before, so that none is skipped.
    new_parts = f"_part IN (SELECT name FROM {_PARTS} AND max_block_number > {place})"
    where = f"{new_parts} AND _block_number > {place} AND _block_number <= {params.put(end, 'UInt64')}"
    sql = f"""
        SELECT {COLUMNS}, count() OVER () AS total FROM logs WHERE {where} AND {wanted.sql(store, params)}
        ORDER BY _block_number DESC, time DESC LIMIT {limit}
    """
    found: list[Row] = list(rows(store, sql, params))
    total = found[0]["total"] if found else 0
    return Tail(tuple(log_record(row) for row in reversed(found)), end, total - len(found))


_PARTS = "system.parts WHERE database = currentDatabase() AND table = 'logs' AND active"
_NEWEST_BLOCK = f"(SELECT max(max_block_number) FROM {_PARTS})"
