"""The one spelling of a time in answers: RFC 3339 in UTC with nine decimals.

A number of nanoseconds since 1970 does not fit the numbers of JavaScript, so answers carry times as text, which also
sorts. Durations and offsets are integers in nanoseconds; they stay exact up to 104 days.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

BILLION = 1_000_000_000


class _DateTime:
    """Says `format: date-time` in OpenAPI; pydantic asks for this method by name."""

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> Any:
        return {**handler(core_schema), "format": "date-time", "examples": ["2026-11-22T10:15:30.123456789Z"]}


Instant = Annotated[str, _DateTime()]

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s*([Zz]|[+-]\d\d:?\d\d)?)?", re.ASCII
)


def rfc3339(time_ns: int) -> Instant:
    """1790000000000000001 as "2026-09-21T14:13:20.000000001Z"."""
    seconds, rest = divmod(time_ns, BILLION)
    return f"{_second(seconds)}.{rest:09d}Z"


def nanoseconds(text: str) -> int:
    """Nanoseconds since 1970 of an RFC 3339 time; a time without a zone is UTC, a date alone its midnight.

    Raises ValueError for anything else.
    """
    match = _RFC3339.fullmatch(text.strip())
    if not match:
        raise ValueError(f"no RFC 3339 time: {text!r}")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC)
    seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)).days * 86_400
    seconds += moment.hour * 3600 + moment.minute * 60 + moment.second - _offset_s(zone)
    return seconds * BILLION + int((fraction or "0").ljust(9, "0"))


def _offset_s(zone: str | None) -> int:
    if zone is None or zone in "Zz":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    return (1 if zone[0] == "+" else -1) * (hours * 3600 + minutes * 60)


@lru_cache(maxsize=4096)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
