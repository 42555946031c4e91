"""Names of spans without ids: what differs from call to call becomes `{id}`, so that calls of one operation are one.

Ids are UUIDs, numbers, addresses, dates, long hexadecimal and random looking words. `v1`, `s3`, `http2`, `sha256` and
`eu-west-1` stay: a few digits right behind letters belong to a word.
"""

import re
from functools import lru_cache

from echoline.conventions.routes import MAX_ROUTE, route

MAX_READ = 300
"""Characters of a name that are read."""
MAX_NAME = 200
"""Longest name of an operation in characters; a longer one ends with …"""
UNNAMED = "unnamed"
METHODS = frozenset(str.split("GET HEAD POST PUT DELETE PATCH OPTIONS TRACE CONNECT QUERY"))

_MAY_HOLD_ID = re.compile(r"\d|@|://|\bamq\.gen-|\b_INBOX\.")
_ID = re.compile(
    r"""
    (?P<kept>\b(?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-)?(?:north|south|east|west|central)+-\d\b|\bHTTP/\d(?:\.\d)?)
    | https?://[^\s"'<>()]+
    | (?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++
    | (?<=\bamq\.gen-)[\w-]++ | (?<=\b_INBOX\.)[\w.]++
    | (?<![A-Za-z0-9])(?:
        [0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}
        | \d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d++)?)?(?:Z|[+-]\d\d:?\d\d)?)?
        | (?=[a-f]*+\d)[0-9a-f]{8,10}-[a-z0-9]{5}  # a pod of a deployment
        | 0x[0-9a-fA-F]++
        | (?=[a-fA-F]*+\d)[0-9a-fA-F]{8,}
        | (?=(?:[A-Za-z]*+\d++){3}|[A-Za-z]*+\d{5})[A-Za-z0-9]{16,}
        | \d++(?:[.,:]\d++)*+
      )(?![A-Za-z0-9])
    | (?<=[A-Za-z])(?<!iso)(?<!ISO)(?<!rfc)(?<!RFC)\d{4,}(?![A-Za-z0-9])
    """,
    re.VERBOSE,
)
_HTTP_NAME = re.compile(r"(?P<verb>[A-Z]+ |)(?P<path>/\S*|(?<= )\S+/\S*)(?P<more>.*)", re.DOTALL)
_TEMPLATE_MARKS = re.compile(r"[{}<>()*^$\\\[\]]|/:")
_LOOPBACK = re.compile(r"127(?:\.\d{1,3}){3}|localhost|0\.0\.0\.0|\[?::1\]?")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]")
_AUTHORITY = re.compile(r"(.*?)(?::(\d{1,5}))?", re.DOTALL)
# From here on systems hand out ports by chance.
_FIRST_EPHEMERAL_PORT = 32_768


def without_ids(name: str) -> str:
    """Any text of one line without ids, at most MAX_NAME long. Doing it twice changes nothing."""
    return _without_ids(name[:MAX_READ])


def operation(name: str) -> str:
    """A span's name without ids, a route in it in our spelling: `GET /users/{id} http send`. "" is "unnamed"."""
    return _operation(name[:MAX_ROUTE])


# What is remembered is cut first, so that long names take no more memory than others.
@lru_cache(maxsize=8192)
def _without_ids(name: str) -> str:
    spelled = name.strip()
    if _MAY_HOLD_ID.search(spelled):
        spelled = _ID.sub(lambda match: match["kept"] or "{id}", spelled)
    return spelled if len(spelled) <= MAX_NAME else spelled[: MAX_NAME - 1] + "…"


@lru_cache(maxsize=8192)
def _operation(name: str) -> str:
    found = _HTTP_NAME.fullmatch(name)
    if found and _TEMPLATE_MARKS.search(found["path"]):
        name = found["verb"] + route(found["path"]) + found["more"]
    return without_ids(name) or UNNAMED


def verb(method: str) -> str:
    """A known HTTP method, else HTTP, as the conventions want it: anybody may send any word as a method."""
    return method if method in METHODS else "HTTP"


def served(method: str, spelled_route: str) -> str:
    """`GET /api/recipes/{slug}`; the route is in our spelling already."""
    return f"{verb(method)} {spelled_route}"[:MAX_NAME]


def unrouted(method: str, name: str, path: str) -> str:
    """The operation of an HTTP server span that has no route.

    A path that came over the wire is no name, since anybody may ask for any: such calls are one operation, `GET`. If
    the span's name says more than method and path, its instrumentation knew better, and the name stays.
    """
    said = name.removeprefix("HTTP ").removeprefix(method).strip()
    if said in ("", "HTTP", path) or (not path and "/" in said and not _TEMPLATE_MARKS.search(said)):
        return verb(method)
    if "/" in said and " " not in said:
        return f"{verb(method)} {operation('/' + said.lstrip('/'))}"[:MAX_NAME]
    return operation(name)


def host(authority: str) -> str:
    """A host as part of a name: `api.github.com`, `localhost:8000`, `{ip}`; without a usual or a random port."""
    found = _AUTHORITY.fullmatch(authority[:MAX_READ].lower())
    name, port = (found[1], found[2]) if found else (authority, None)
    if _LOOPBACK.fullmatch(name):
        name = "localhost"
    elif _ADDRESS.fullmatch(name):
        name = "{ip}"
    else:
        name = without_ids(name)
    return f"{name}:{port}" if port and port not in ("80", "443") and int(port) < _FIRST_EPHEMERAL_PORT else name
