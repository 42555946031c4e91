"""Names of operations and spans, short enough for one line."""

import json
import re

from rich.text import Text

from echoline.model.answers import Kind
from echoline.surfaces.cli.rendering import styles

_SPACES = re.compile(r"\s+")
_COLUMNS = re.compile(r"\b(SELECT(?: DISTINCT)?) .{12,}? FROM\b", re.IGNORECASE)
_VALUES = re.compile(r"(\bINSERT INTO [^\s(]+) ?\(.*", re.IGNORECASE)
_STATEMENT = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|BEGIN|COMMIT|ROLLBACK|SET|PRAGMA)\b")
_REQUEST = re.compile(r"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/.*|https?:.*)")


def statement(sql: str) -> str:
    """SQL without its lists of columns, which are long and say little.

    >>> statement("SELECT users.id, users.name, users.mail FROM users\\n WHERE id = ?")
    'SELECT … FROM users WHERE id = ?'
    >>> statement("INSERT INTO users (id, name) VALUES (?, ?) RETURNING id")
    'INSERT INTO users …'
    """
    line = _SPACES.sub(" ", sql).strip()
    return _VALUES.sub(r"\1 …", _COLUMNS.sub(r"\1 … FROM", line))


def operation(kind: Kind, name: str) -> Text:
    """An operation's name: an HTTP method or an SQL verb stands out from what it is about.

    >>> operation("SERVER", "GET /cart").plain, operation("CLIENT", "SELECT a, b, c, d, e FROM t").plain
    ('GET /cart', 'SELECT … FROM t')
    """
    line = statement(name) if kind == "CLIENT" and _STATEMENT.match(name) else _SPACES.sub(" ", name)
    text = Text(line or "(no name)", style="" if line else styles.QUIET)
    if match := _REQUEST.match(line) or _STATEMENT.match(line):
        text.stylize("bold", 0, match.end(1))
    return text


def environment(name: str) -> str:
    """An environment, in brackets behind a service; nothing for none."""
    return f" ({name})" if name else ""


def trace_id(text: str | None) -> str:
    """Enough of a trace id to be told apart and pasted: `echoline trace` takes a beginning too."""
    return text[:16] if text else ""


def body(value: object) -> str:
    """A log record's body: text as it is, everything else as JSON.

    >>> body("sent"), body({"hits": 3, "way": "é"})
    ('sent', '{"hits": 3, "way": "é"}')
    """
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def first_line(text: str) -> str:
    """The first line that says something.

    >>> first_line("\\n  boom \\n at x")
    'boom'
    """
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
