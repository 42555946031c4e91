"""Tells a value from what stands in its place: `%s`, `$1`, `${TOKEN}`, `null`, `***`."""

import re

NO_VALUE = (
    r"(?i:|none|null|nil|undefined|true|false|n/a|\[\]|\{\}|[*•]+|x{3,}|[-.…]+"
    r"|\[?<?(?:filtered|redacted|hidden|masked|removed|omitted)>?\]?)"
)
"""A text that says that there is no value, or that somebody has already taken it away; for RE2 and for `re`."""
_NO_VALUE = re.compile(NO_VALUE)
_LONGEST, _REPEATED = len("[<redacted>]"), set("*•xX-.…")
_PLACEHOLDER = re.compile(
    r"%(?:\(\w+\))?[sdrf]|\?|\$\d{1,3}|\$[A-Z_]{2,}|@p\d{1,3}|:[a-z_]+\d*|\$?\{+[^{}]*\}+|<[\w .:/-]*>"
)
_WORDS = {
    *("yes", "no", "on", "off", "na", "unknown", "empty", "not", "is", "was", "are", "must", "missing", "invalid"),
    *("required", "expired", "wrong", "incorrect", "failed", "failure", "ok", "set", "unset", "disabled", "enabled"),
    *("accepted", "rejected", "denied", "success", "authentication", "length", "too", "cannot", "has"),
}


def is_no_value(value: str) -> bool:
    """Whether it says that there is no value, or that somebody has already taken it away."""
    if len(value) > _LONGEST and value[0] not in _REPEATED:
        return False
    return bool(_NO_VALUE.fullmatch(value))


def is_placeholder(value: str) -> bool:
    """Whether a word in running text is no value, says something about one, or shows where one will be put."""
    return is_no_value(value) or value.lower().rstrip(".!:") in _WORDS or bool(_PLACEHOLDER.fullmatch(value))
