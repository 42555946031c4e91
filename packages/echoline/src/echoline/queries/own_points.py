"""How many of the stored metric points are about Echoline itself."""

from echoline.kinds import Store
from echoline.queries.pages import rows
from echoline.queries.params import Params
from echoline.telemetry import SCOPE, SERVICE


def own_points(store: Store) -> int:
    """Points that this installation, or another one that sends here, has made about itself."""
    params = Params()
    ours = f"service = {params.put(SERVICE)} AND scope = {params.put(SCOPE)}"
    (row,) = rows(store, f"SELECT count() AS n FROM metric_points WHERE {ours}", params)
    return int(row["n"])
