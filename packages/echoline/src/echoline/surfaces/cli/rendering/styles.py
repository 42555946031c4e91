"""The few colours, each with one meaning, so that they read the same on dark and on light ground."""

import zlib

from echoline.model.answers import Kind, Status
from echoline.model.answers_logs import Severity

QUIET = "bright_black"
ERROR = "red"
WARN = "yellow"
GOOD = "green"
HEAD = "bold"
BAR = "blue"

# What a span's bar is painted in; an error is red whatever its kind.
KINDS: dict[Kind, str] = {
    "SERVER": "blue",
    "CONSUMER": "blue",
    "CLIENT": "magenta",
    "PRODUCER": "magenta",
    "INTERNAL": "cyan",
    "UNSPECIFIED": "cyan",
}
SEVERITIES: dict[Severity, str] = {
    "UNSPECIFIED": QUIET,
    "TRACE": QUIET,
    "DEBUG": QUIET,
    "INFO": "",
    "WARN": WARN,
    "ERROR": ERROR,
    "FATAL": f"bold {ERROR}",
}
_SERVICES = ("cyan", "green", "magenta", "blue", "yellow")


def service(name: str) -> str:
    """The same colour for a service in every picture."""
    return _SERVICES[zlib.crc32(name.encode()) % len(_SERVICES)]


def span(kind: Kind, status: Status) -> str:
    """Of a span's bar."""
    return ERROR if status == "ERROR" else KINDS[kind]


def http_status(code: int) -> str:
    """Of a status code."""
    return ERROR if code >= 500 else WARN if code >= 400 else QUIET
