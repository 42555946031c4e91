"""Tells statements from other names of operations."""

import re

_STATEMENT = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|REPLACE|CREATE|ALTER|DROP|TRUNCATE|BEGIN|COMMIT|ROLLBACK|SET|PRAGMA|"
    r"SAVEPOINT|RELEASE)\b(?!\s*/)"
)


def is_statement(name: str) -> bool:
    """Whether an operation's name is an SQL skeleton.

    >>> [is_statement(name) for name in ("SELECT a FROM t", "DELETE /cart", "redis GET", "COMMIT")]
    [True, False, False, True]
    """
    return bool(_STATEMENT.match(name))
