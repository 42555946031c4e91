"""Ids that anybody can compute again: 16 hex digits of SHA-256 over a length-prefixed tuple.

The bytes that are hashed: for each part in order the length of its UTF-8 in decimal digits, a colon, the UTF-8 itself.
("shop", "SERVER", "GET /cart") is `4:shop6:SERVER9:GET /cart`. No two tuples make the same bytes.
"""

import hashlib


def identity(*parts: str) -> str:
    """The id of a tuple.

    >>> identity("shop", "SERVER", "GET /cart")
    '9be3a1e9ba7b173d'
    """
    encoded = [part.encode("utf-8", "replace") for part in parts]
    return hashlib.sha256(b"".join(b"%d:%b" % (len(part), part) for part in encoded)).hexdigest()[:16]


def operation_id(service: str, kind: str, name: str) -> str:
    """The id of an operation; `kind` is its name in capitals (SERVER), `name` the normalised one.

    `queries/identity.py` has the same in SQL.
    """
    return identity(service, kind, name)
