"""What was refused or cut at load, by reason, since the store began."""

from dataclasses import dataclass

from echoline.kinds import Store
from echoline.queries.pages import rows
from echoline.queries.params import Params


@dataclass(frozen=True)
class Refusals:
    """Items by reason."""

    rejected: dict[str, int]
    cut: dict[str, int]


def refusals(store: Store) -> Refusals:
    """All that are remembered, most frequent first."""
    sql = "SELECT reason, is_cut, sum(items) AS n FROM refusals GROUP BY reason, is_cut ORDER BY n DESC, reason"
    found = rows(store, sql, Params())
    return Refusals(
        {row["reason"]: row["n"] for row in found if not row["is_cut"]},
        {row["reason"]: row["n"] for row in found if row["is_cut"]},
    )
