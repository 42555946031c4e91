"""Query parameters as the engine parses them: the one place that escapes.

The engine reads a parameter of type String as tab-separated text and the strings inside an Array as quoted literals.
So a backslash-n left as it is becomes a newline without a word, and a real newline fails.
"""

import re
from collections.abc import Mapping, Sequence

from echoline.errors import BadInput
from echoline.kinds import Param

_ESCAPES = str.maketrans(
    {
        "\\": "\\\\",
        "\t": "\\t",
        "\n": "\\n",
        "\r": "\\r",
        "\0": "\\0",
        "\b": "\\b",
        "\f": "\\f",
    }
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def encode(params: Mapping[str, Param] | None) -> dict[str, str]:
    """Parameters as the texts that `Session.query` takes.

    Raises BadInput for a name that is no identifier, or a text that is not Unicode (a lone surrogate).
    """
    texts: dict[str, str] = {}
    for name, value in (params or {}).items():
        if not _NAME.fullmatch(name):
            raise BadInput(f"query parameter {name!r} is no name")
        texts[name] = _unicode(name, _text(value))
    return texts


def literal(value: str) -> str:
    """A string as a literal of the engine's SQL, for the few places that take no parameter (`SET`, `BACKUP`)."""
    return "'" + value.translate(_ESCAPES).replace("'", "\\'") + "'"


def _text(value: Param) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, Sequence):
        return "[" + ",".join(literal(item) if isinstance(item, str) else _number(item) for item in value) + "]"
    return _number(value)


def _number(value: float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _unicode(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInput(f"query parameter {name!r} is not Unicode text") from error
    return text
