"""Searches log records, and follows them as they come in."""

import re
from dataclasses import dataclass, replace

from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.model.answers import Page
from echoline.model.answers_logs import LogRecord, Severity
from echoline.model.window import Window
from echoline.queries import attribute_conditions, trace_ids
from echoline.queries.attribute_conditions import MOST, Condition
from echoline.queries.cursors import Cursor, decode, fingerprint
from echoline.queries.log_records import COLUMNS, PATTERN_ID, SEVERITY_NUMBERS, log_record
from echoline.queries.pages import Row, newest, page, rows
from echoline.queries.params import Params

_WORD = re.compile(r"[A-Za-z0-9\u0080-\U0010ffff]")
# Newest first means that an answer is mostly found at the end of the window: look there before reading all of it.
_SLICES = (1 / 64, 1 / 8, 1.0)


@dataclass(frozen=True)
class LogFilter:
    """All conditions hold for a record; what is empty or None does not matter."""

    service: str = ""
    environment: str = ""
    version: str = ""
    severity: Severity | None = None
    """At least this one."""
    trace_id: str = ""
    """All of it, or as many of its first digits as are unique."""
    span_id: str = ""
    pattern_id: str = ""
    exception_type: str = ""
    text: tuple[str, ...] = ()
    """Each stands in the body as whole words, in any case and in this order; in asterisks (`*part*`) anywhere."""
    attributes: tuple[Condition, ...] = ()
    of_pattern: tuple[str, str] | None = None
    """Service and pattern, where `pattern_id` has been looked up."""

    def __post_init__(self) -> None:
        if len(self.attributes) > MOST or len(self.text) > MOST:
            raise BadInput(f"at most {MOST} conditions on attributes and {MOST} texts can be asked at once")

    def sql(self, store: Store, params: Params) -> str:
        """One condition on the table `logs`."""
        columns = ("service", "environment", "version", "exception_type")
        tests = [f"{name} = {params.put(getattr(self, name))}" for name in columns if getattr(self, name)]
        if self.severity is not None:
            tests.append(f"severity_number >= {SEVERITY_NUMBERS.get(self.severity, 0)}")
        if self.trace_id:
            tests.append(trace_ids.is_of(store, self.trace_id, params))
        if self.span_id:
            tests.append(f"span_id = toFixedString(unhex({params.put(self.span_id)}), 8)")
        if self.pattern_id:
            tests.append(f"{PATTERN_ID} = {params.put(self.pattern_id)}")
        if self.of_pattern is not None:
            service, pattern = self.of_pattern
            tests.append(f"service = {params.put(service)} AND pattern = {params.put(pattern)}")
        tests += [_contains(text, params) for text in self.text]
        tests += [attribute_conditions.sql(store, each, "logs", params) for each in self.attributes]
        return " AND ".join(tests) or "1"


def looked_up(store: Store, window: Window, wanted: LogFilter) -> LogFilter:
    """The same with the pattern in the place of its id, which would have to be computed for each record."""
    if not wanted.pattern_id:
        return wanted
    params = Params()
    known = f"SELECT DISTINCT service, pattern FROM logs WHERE {params.within(window, 'time')}"
    is_it = f"{PATTERN_ID} = {params.put(wanted.pattern_id)}"
    found = rows(store, f"SELECT service, pattern FROM ({known}) WHERE {is_it} LIMIT 1", params)
    if not found:
        return wanted
    return replace(wanted, pattern_id="", of_pattern=(found[0]["service"], found[0]["pattern"]))


def logs(
    store: Store, window: Window, wanted: LogFilter, *, limit: int = 100, cursor: str | None = None
) -> Page[LogRecord]:
    """Log records, newest first. Raises BadInput for a damaged cursor."""
    question = fingerprint("logs", wanted)
    at = decode(cursor, question, (int, int)) if cursor else Cursor(window, ())
    last_ns, skip = (int(at.after[0]), int(at.after[1])) if at.after else (at.window.until_ns - 1, 0)
    if not at.window.since_ns <= last_ns < at.window.until_ns or not 0 <= skip <= 10**9:
        raise BadInput("the cursor is damaged; start again without it")
    asked = looked_up(store, at.window, wanted)
    found = _newest(store, Window(at.window.since_ns, last_ns + 1), asked, limit + 1, skip)
    return page(
        found,
        limit,
        log_record,
        place=lambda row: _place(found[:limit], row, last_ns, skip),
        question=question,
        window=at.window,
        newest=lambda: newest(store, "logs", wanted.service, wanted.environment),
    )


def _place(found: list[Row], last: Row, last_ns: int, skip: int) -> tuple[int, int]:
    """The time of the last record, and how many of that very time have been told: many may share one."""
    alike = sum(row["time_ns"] == last["time_ns"] for row in found)
    return last["time_ns"], alike + (skip if last["time_ns"] == last_ns else 0)


def _newest(store: Store, window: Window, wanted: LogFilter, limit: int, skip: int) -> list[Row]:
    found: list[Row] = []
    for part in _SLICES:
        length = max(1, int((window.until_ns - window.since_ns) * part))
        params = Params()
        where = f"{params.within(Window(window.until_ns - length, window.until_ns), 'time')}"
        where += f" AND {wanted.sql(store, params)}"
        # The times alone tell from when on records are wanted: all their columns are read of those only.
        times = f"SELECT time FROM logs WHERE {where} ORDER BY time DESC LIMIT {limit + skip}"
        # Of records with one time the order must only be the same each time.
        order = "time DESC, cityHash64(body, service, span_id, toString(attributes))"
        sql = f"""
            SELECT {COLUMNS} FROM logs WHERE {where} AND time >= (SELECT min(time) FROM ({times}))
            ORDER BY {order} LIMIT {limit} OFFSET {skip}
        """
        found = list(rows(store, sql, params))
        if len(found) == limit:
            break
    return found


def _contains(text: str, params: Params) -> str:
    """By the index of words where there are any, then for sure: words alone may stand in another order."""
    if len(text) > 2 and text[0] == text[-1] == "*":
        return f"positionCaseInsensitiveUTF8(body, {params.put(text[1:-1])}) > 0"
    place = params.put(text)
    sure = f"positionCaseInsensitiveUTF8(body, {place}) > 0"
    return f"hasAllTokens(body, {place}) AND {sure}" if _WORD.search(text) else sure
