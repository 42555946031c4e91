"""What is worth showing of the shop: its endpoints, its slowest query, an error, a trace."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from echoline.model.answers import Endpoint, ErrorGroup, Health, Operation, Page
from echoline.model.answers_admin import Flushed
from echoline.model.answers_code import CodeObject
from echoline.model.answers_traces import Trace, TraceSummary
from echoline.surfaces.cli.client import Server

ENDPOINTS = 12
MOST_CODE = 100
# A query that ran less often may have been slow by chance.
LEAST_CALLS = 5
SETTLED_TIMEOUT_S = 20.0
# Crosses both services, has logs, and waits for a database.
BEST_TRACE = "POST /checkout"
_SQL = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Seen:
    """The parts of the demo's report; what was not there is None."""

    health: Health
    endpoints: Sequence[Endpoint]
    slowest_query: Operation | None
    error: ErrorGroup | None
    trace: Trace | None


def wait_until_loaded(server: Server, timeout_s: float = SETTLED_TIMEOUT_S) -> Health:
    """Waits until all that was accepted can be asked, and no more traces are settled."""
    until, before = time.monotonic() + timeout_s, -1
    while time.monotonic() < until:
        is_complete = server.send("POST", "flush", Flushed).is_complete
        calls = sum(each.calls for each in _items(server, "code", CodeObject, limit=MOST_CODE))
        if is_complete and calls == before:
            break
        before = calls
        time.sleep(2)
    return server.get("health", Health)


def look(server: Server, health: Health) -> Seen:
    """Asks all of it."""
    endpoints = _items(server, "endpoints", Endpoint, sort="calls", limit=ENDPOINTS)
    errors = _items(server, "errors", ErrorGroup, limit=20)
    return Seen(health, endpoints, _slowest_query(server), _best_error(errors), _best_trace(server))


def _items(server: Server, path: str, item: type, **params: Any) -> Sequence[Any]:
    page: Page[Any] = server.get(path, Page[item], params)  # type: ignore[valid-type]
    return page.items


def _slowest_query(server: Server) -> Operation | None:
    found = _items(server, "operations", Operation, kind=["CLIENT"], sort="p95", limit=100)
    queries = [each for each in found if _SQL.match(each.name)]
    return next((each for each in queries if each.calls >= LEAST_CALLS), queries[0] if queries else None)


def _best_error(errors: Sequence[ErrorGroup]) -> ErrorGroup | None:
    """The most frequent one, if possible with a stack and a trace."""
    return max(errors, key=lambda each: (bool(each.stack), each.trace_id is not None, each.count), default=None)


def _best_trace(server: Server) -> Trace | None:
    found = _items(server, "traces", TraceSummary, operation=BEST_TRACE, sort="slowest", limit=10)
    found = found or _items(server, "traces", TraceSummary, sort="slowest", limit=10)
    # One that tells of something going wrong, and fits on a screen.
    best = min(found, key=lambda each: (each.errors == 0, abs(each.spans - 50)), default=None)
    return server.get(f"traces/{best.trace_id}", Trace) if best else None
