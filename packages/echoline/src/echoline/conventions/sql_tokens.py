"""Cuts a statement into words, literals, placeholders, operators and brackets, once and in linear time.

Every alternative of the pattern takes what it has begun to the end of the text if it is never closed (a truncated
statement), so nothing is read twice, whatever somebody sends.
"""

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Dialect:
    """Where databases differ in what is text and what is a name."""

    backslash: bool = False
    r"""`'it\'s'` is one text."""
    double_quoted_text: bool = False
    """`"x"` is a text, not a name."""
    hash_comments: bool = False
    """`#` begins a comment."""
    slash_comments: bool = False
    """`//` begins a comment."""
    dash_comments: bool = True
    """`--` begins a comment."""
    bracketed_names: bool = False
    """`[x]` is a name."""
    letter_quotes: bool = False
    """`q'[it's]'` is a text."""
    colon_names: bool = True
    """`:x` is a placeholder."""
    braced_names: bool = False
    """`{x:UInt8}` is a placeholder."""
    bare_uuids: bool = False
    """A UUID needs no quotes."""


STANDARD = Dialect()
_MYSQL = Dialect(backslash=True, double_quoted_text=True, hash_comments=True)
_CYPHER = Dialect(backslash=True, double_quoted_text=True, slash_comments=True, dash_comments=False, colon_names=False)
_BIGQUERY = Dialect(backslash=True, double_quoted_text=True, hash_comments=True)
_SPARK = Dialect(backslash=True, double_quoted_text=True)
_DIALECTS = {
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "neo4j": _CYPHER,
    "memgraph": _CYPHER,
    "gcp.bigquery": _BIGQUERY,
    "bigquery": _BIGQUERY,
    "gcp.spanner": _BIGQUERY,
    "hive": _SPARK,
    "spark": _SPARK,
    "databricks": _SPARK,
    "couchbase": _SPARK,
    "clickhouse": Dialect(backslash=True, braced_names=True),
    "snowflake": Dialect(backslash=True, slash_comments=True),
    "cassandra": Dialect(bare_uuids=True),
    "scylladb": Dialect(bare_uuids=True),
    "microsoft.sql_server": Dialect(bracketed_names=True),
    "oracle.db": Dialect(letter_quotes=True),
}


def dialect(system: str) -> Dialect:
    """How a system, named as in `db.system.name`, writes its statements."""
    return _DIALECTS.get(system, STANDARD)


def tokens(text: str, spoken: Dialect) -> list[str]:
    """The words of a statement in order, without white space and comments."""
    if "$" in text and _DOLLAR.search(text):
        found = [match[0] for match in _pattern(spoken, True).finditer(text)]
    else:
        found = _pattern(spoken, False).findall(text)
    begins = _beginnings(spoken)
    if any(begin in text for begin in begins):
        return _without_comments(found, begins)
    return found


_DOLLAR = re.compile(r"\$\w*\$")


def _without_comments(found: list[str], begins: tuple[str, ...]) -> list[str]:
    """A comment in a comment ends the outer one for the pattern; the stray `*/` behind shows where it really ends."""
    kept: list[str] = []
    comment_at = 0
    for word in found:
        if word.startswith(begins) and not word.startswith("#{"):
            comment_at = len(kept)
        elif word == "*/":
            del kept[comment_at:]
        else:
            kept.append(word)
    return kept


@lru_cache
def _pattern(spoken: Dialect, has_dollar_quotes: bool) -> re.Pattern[str]:
    """The alternatives in the order in which they are tried, what is frequent first.

    No group captures but the tag of a dollar quote.
    """
    escapes = r"\\." if spoken.backslash else r"(?!)"
    plain = r"'(?:[^'\\]|\\.|'')*+'?" if spoken.backslash else r"'(?:[^']|'')*+'?"
    double = rf'"(?:[^"\\]|{escapes}|""|\\)*+"?' if spoken.backslash else r'"(?:[^"]|"")*+"?'
    word = r"[^\W\d][\w$]*+"
    uuids = [r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"] if spoken.bare_uuids else []
    alternatives = [*uuids, rf"{word}(?!&?')", r"[(),]", r"\.(?!\d)", double, *_comments(spoken), plain]
    alternatives += [r"[eE]'(?:[^'\\]|\\.|'')*+'?", r"(?:[nNbBxX]|[uU]&|_[a-z]\w*+)" + plain]
    if spoken.letter_quotes:
        pairs = ["[]", "{}", "()", "<>", *'!|~^#/"$%*+-.,:;=?@']
        alternatives.append(rf"[nN]?[qQ]'(?:{'|'.join(map(_letter_quote, pairs))})")
    if has_dollar_quotes:
        alternatives.append(r"\$([^\W\d]\w*+)?\$(?:.*?\$(?(1)\1)\$|.*+)")
    alternatives += [word, r"`(?:[^`]|``)*+`?", *([r"\[(?:[^\]]|\]\])*+\]?"] if spoken.bracketed_names else [])]
    alternatives.append(r"(?:\d[\d_]*+(?:\.\d[\d_]*+|\.(?![\w.]))?|\.\d[\d_]*+)(?:[eE][+-]?\d++)?\w*+")
    alternatives += _placeholders(spoken)
    alternatives += [r"\#{1,2}[^\W\d]\w*+", r"@@[\w.]++"]
    alternatives += [r"::", r":=", r"->>?", r"\#>>?", r"\*/", r"%%", r"<@(?!\w)", r"@[>@]", r"[<>=!~|&^]++", r"\S"]
    return re.compile("|".join(alternatives), re.DOTALL)


@lru_cache
def _beginnings(spoken: Dialect) -> tuple[str, ...]:
    """How comments begin."""
    marks = {"/*": True, "--": spoken.dash_comments, "#": spoken.hash_comments, "//": spoken.slash_comments}
    return tuple(mark for mark, is_used in marks.items() if is_used)


def _comments(spoken: Dialect) -> list[str]:
    # MySQL asks for a space behind the dashes: 5--1 is 6 there.
    patterns = {
        "/*": r"/\*(?:[^*]|\*(?!/))*+(?:\*/)?",
        "--": r"--(?=\s|\Z)[^\n]*+" if spoken.hash_comments else r"--[^\n]*+",
        "#": r"\#(?!\{)[^\n]*+",
        "//": r"//[^\n]*+",
    }
    return [patterns[mark] for mark in _beginnings(spoken)]


def _placeholders(spoken: Dialect) -> list[str]:
    found = [
        r"\?\d*+",
        r"%\([^()]*+\)[a-zA-Z]",
        r"%[sdfbtir](?!\w)",
        r"\$\w++",
        r"[$\#]\{[^{}]*+\}",
        r"(?<!\w)@(?!@)\w++",
    ]
    found += [r"(?<![\w:)\]\"`]):\w++"] if spoken.colon_names else []
    return found + ([r"\{\w++:[^{}']*+\}"] if spoken.braced_names else [])


def _letter_quote(pair: str) -> str:
    opening, closing = re.escape(pair[0]), re.escape(pair[-1])
    return rf"{opening}(?:[^{closing}]|{closing}(?!'))*+(?:{closing}')?"
