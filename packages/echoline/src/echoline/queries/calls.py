"""Which calls a question about a code object looks at: the newest, and of those a sample."""

from dataclasses import dataclass

from echoline.kinds import Store
from echoline.model.window import Window
from echoline.queries.pages import rows
from echoline.queries.params import Params

MOST_CALLS = 200_000


@dataclass(frozen=True)
class Calls:
    """Calls in a window; what is empty does not matter."""

    window: Window
    code_object: str = ""
    operation: str = ""
    service: str = ""
    environment: str = ""
    version: str = ""
    revision: str = ""

    def facts(self, params: Params) -> str:
        """One condition on `span_facts`, which is in the order of minutes."""
        names = ("code_object", "operation", "service", "environment", "version", "revision")
        tests = [f"{name} = {params.put(getattr(self, name))}" for name in names if getattr(self, name)]
        minutes = f"toStartOfMinute(start) >= toStartOfMinute({params.time(self.window.since_ns)})"
        return " AND ".join([minutes, params.within(self.window), *tests])


@dataclass(frozen=True)
class SampledCalls:
    """About `most` of these calls by a hash of their ids, and of each side of `chosen` as many."""

    calls: Calls
    sizes: tuple[int, int]
    """How many calls are chosen, and how many are not."""
    chosen: str = "true"
    """SQL on `span_facts`."""
    most: int = 10_000

    def sql(self, _: Store, params: Params) -> str:
        """One condition on `spans`."""
        facts = self.calls.facts(params)
        nth = [max(1, -(-size // self.most)) for size in self.sizes]
        sample = f"cityHash64(span_id) % if({self.chosen}, {nth[0]}, {nth[1]}) = 0"
        # The service and the operation find the rows, the ids choose among them.
        return (
            f"(service, operation) IN (SELECT service, operation FROM span_facts WHERE {facts})"
            f" AND (trace_id, span_id) IN (SELECT trace_id, span_id FROM span_facts WHERE {facts} AND {sample})"
        )


def newest_window(store: Store, calls: Calls) -> Window:
    """The end of the window that holds `MOST_CALLS` of the calls; the window itself when there are fewer."""
    params = Params()
    sql = f"""
        SELECT toUnixTimestamp64Nano(start) AS at FROM span_facts WHERE {calls.facts(params)}
        ORDER BY start DESC LIMIT 1 OFFSET {MOST_CALLS - 1}
    """
    found = rows(store, sql, params)
    return Window(found[0]["at"], calls.window.until_ns) if found else calls.window
