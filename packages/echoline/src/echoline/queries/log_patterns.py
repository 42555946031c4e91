"""Log records grouped by the template of their text."""

from echoline.kinds import Store
from echoline.model.answers import Page
from echoline.model.answers_logs import LogPattern
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.cursors import Cursor, decode, fingerprint
from echoline.queries.log_records import PATTERN_ID, severity
from echoline.queries.logs import LogFilter, looked_up
from echoline.queries.pages import Row, newest, page, rows
from echoline.queries.params import Params


def log_patterns(
    store: Store, window: Window, wanted: LogFilter, *, limit: int = 100, cursor: str | None = None
) -> Page[LogPattern]:
    """Patterns by service and environment, the most frequent first. Raises BadInput for a damaged cursor."""
    question = fingerprint("patterns", wanted)
    at = decode(cursor, question, (int, str, str)) if cursor else Cursor(window, ())
    params = Params()
    where = f"{params.within(at.window, 'time')} AND {looked_up(store, at.window, wanted).sql(store, params)}"
    having = ""
    if at.after:
        rank, last_id, environment = at.after
        last = f"{params.put(rank, 'UInt64')}, {params.put(last_id)}, {params.put(environment)}"
        having = f"HAVING (records, id, environment) < ({last})"
    sql = f"""
        SELECT {PATTERN_ID} AS id, service, environment, pattern, max(severity_number) AS highest, count() AS records,
            toUnixTimestamp64Nano(min(time)) AS first_ns, toUnixTimestamp64Nano(max(time)) AS last_ns,
            groupUniqArray(3)(substringUTF8(body, 1, 1000)) AS examples
        FROM logs WHERE {where} GROUP BY service, environment, pattern {having}
        ORDER BY records DESC, id DESC, environment DESC LIMIT {limit + 1}
    """
    return page(
        list(rows(store, sql, params)),
        limit,
        _pattern,
        place=lambda row: (row["records"], row["id"], row["environment"]),
        question=question,
        window=at.window,
        newest=lambda: newest(store, "logs", wanted.service, wanted.environment),
    )


def _pattern(row: Row) -> LogPattern:
    return LogPattern(
        id=row["id"],
        service=row["service"],
        environment=row["environment"],
        pattern=row["pattern"],
        severity=severity(row["highest"]),
        severity_number=row["highest"],
        count=row["records"],
        first_seen=rfc3339(row["first_ns"]),
        last_seen=rfc3339(row["last_ns"]),
        examples=tuple(sorted(row["examples"])),
    )
