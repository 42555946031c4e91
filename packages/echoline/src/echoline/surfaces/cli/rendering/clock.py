"""Moments in words: how long ago, and when exactly in the time zone of whoever looks."""

from datetime import datetime, tzinfo


def ago(ns: int, now_ns: int) -> str:
    """How long ago, roughly; the future too.

    >>> [ago(10**18 - n * 10**9, 10**18) for n in (0, 4, 61, 7_199, 90_000, -30)]
    ['now', '4 s ago', '1 min ago', '1 h ago', '1 d ago', 'in 30 s']
    """
    seconds = round((now_ns - ns) / 1e9)
    if seconds == 0:
        return "now"
    words = _rough(abs(seconds))
    return f"{words} ago" if seconds > 0 else f"in {words}"


def _rough(seconds: int) -> str:
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def moment(ns: int, now_ns: int, zone: tzinfo | None = None) -> str:
    """The time of day with milliseconds, with the date before it when it is not today's; local without a `zone`.

    >>> from datetime import UTC
    >>> moment(1_795_322_957_878_102_052, 1_795_322_999 * 10**9, UTC), moment(10**18, 1_795_322_999 * 10**9, UTC)
    ('04:49:17.878', '2001-09-09 01:46:40.000')
    """
    at = datetime.fromtimestamp(ns // 10**9, zone).astimezone(zone)
    today = datetime.fromtimestamp(now_ns // 10**9, zone).astimezone(zone).date()
    time = f"{at:%H:%M:%S}.{ns // 10**6 % 1000:03}"
    return time if at.date() == today else f"{at:%Y-%m-%d} {time}"


def when(ns: int, now_ns: int, zone: tzinfo | None = None) -> str:
    """Both: "3 min ago (07:24:09.120)"."""
    return f"{ago(ns, now_ns)} ({moment(ns, now_ns, zone)})"
