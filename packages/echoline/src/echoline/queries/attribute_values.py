"""Attributes as answers show them: promoted ones put back, values with the types that they were sent with."""

import base64
import json
import math
from collections.abc import Iterable, Mapping

from echoline.model.batch import ValueType

Pairs = Iterable[tuple[str, str]]
Types = Iterable[tuple[str, int]]


def value(text: str, kind: int) -> object:
    """A value from its canonical text. Bytes are {"base64": text}; numbers that JSON lacks stay text.

    A text that does not fit its type, as a redacted one may, stays text.
    """
    try:
        return _typed(text, kind)
    except ValueError:
        return text


def _typed(text: str, kind: int) -> object:
    match kind:
        case ValueType.EMPTY:
            return None
        case ValueType.BOOL:
            return {"true": True, "false": False}.get(text, text)
        case ValueType.INT:
            return int(text)
        case ValueType.DOUBLE:
            number = float(text)
            return number if math.isfinite(number) else text
        case ValueType.ARRAY | ValueType.MAP:
            return json.loads(text, parse_constant=str)
        case ValueType.BYTES:
            base64.b64decode(text, validate=True)
            return {"base64": text}
        case _:
            return text


def values(texts: Pairs, types: Types) -> dict[str, object]:
    """Attributes by key from the two maps that the store keeps; of a repeated key the first."""
    kinds = dict(types)
    found: dict[str, object] = {}
    for key, text in texts:
        if key not in found:
            found[key] = value(text, kinds.get(key, ValueType.STRING))
    return found


def with_promoted(
    attributes: dict[str, object], row: Mapping[str, object], promoted: Mapping[str, tuple[str, ValueType]]
) -> dict[str, object]:
    """Adds what was kept in columns of its own; absent are an empty text and -1."""
    back = {key: row[column] for key, (column, _) in promoted.items() if row[column] not in ("", -1)}
    return {**back, **attributes}
