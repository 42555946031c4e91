"""Rows of the table `logs`."""

from echoline.stores.columns import Columns, same, times
from echoline.stores.shared import Shared

_SAME = (
    *("trace_id", "span_id", "flags", "severity_number", "severity_text", "event_name", "body", "body_type"),
    *("pattern", "function", "file", "line", "error_type", "exception_type", "dropped_attributes"),
)


def log_rows(shared: Shared) -> Columns:
    """Columns of one row per log record."""
    part = shared.batch.parts["rows"]
    return {
        **same(part, _SAME),
        **shared.columns(),
        "time": times(part, "time_ns"),
        "observed": times(part, "observed_ns"),
        **shared.maps.columns(part),
    }
