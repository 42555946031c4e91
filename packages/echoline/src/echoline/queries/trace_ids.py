"""Completes the beginning of a trace id: lists show less than all 32 digits of it."""

from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.queries.pages import rows
from echoline.queries.params import Params

DIGITS = 32
SHOWN = 3


def complete(store: Store, beginning: str) -> str | None:
    """The id of the one trace that begins so (lowercase hex), None if there is none; a whole id is returned as it is.

    Raises BadInput when several begin so. The table is sorted by trace id, so this reads next to nothing.
    """
    if len(beginning) == DIGITS:
        return beginning
    params = Params()
    sql = f"""
        SELECT lower(hex(trace_id)) AS id FROM traces WHERE {_begins(beginning, params)}
        GROUP BY trace_id ORDER BY trace_id LIMIT {SHOWN + 1}
    """
    found = [row["id"] for row in rows(store, sql, params)]
    if len(found) > 1:
        more = ", …" if len(found) > SHOWN else ""
        raise BadInput(f"several traces begin with {beginning!r}: {', '.join(found[:SHOWN])}{more}; give more digits")
    return found[0] if found else None


def is_of(store: Store, beginning: str, params: Params) -> str:
    """SQL that something is of the trace whose id begins so; of one without spans, that its id begins so.

    Raises BadInput when several begin so.
    """
    whole = complete(store, beginning)
    return _begins(beginning, params) if whole is None else f"trace_id = {_id(whole, params)}"


def _begins(beginning: str, params: Params) -> str:
    low, high = (_id(beginning.ljust(DIGITS, fill), params) for fill in "0f")
    return f"trace_id >= {low} AND trace_id <= {high}"


def _id(digits: str, params: Params) -> str:
    return f"toFixedString(unhex({params.put(digits)}), 16)"
