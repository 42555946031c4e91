"""Ids computed in SQL: 16 hex digits of SHA-256 over length-prefixed parts, as `model/ids.py` computes them."""

from echoline.model.answers import KINDS

_KINDS = ", ".join(f"'{kind}'" for kind in KINDS)


def digest(*parts: str) -> str:
    """SQL of the id over SQL expressions of strings; each is preceded by its length in bytes and a colon."""
    prefixed = ", ".join(f"toString(length({part})), ':', {part}" for part in parts)
    return f"lower(substring(hex(SHA256(concat({prefixed}))), 1, 16))"


def kind_name(kind: str = "kind") -> str:
    """SQL of a span kind's name; that of a number that OpenTelemetry does not know is the first."""
    return f"arrayElement([{_KINDS}], if({kind} BETWEEN 0 AND {len(KINDS) - 1}, {kind} + 1, 1))"


def operation_id(service: str = "service", kind: str = "kind", name: str = "operation") -> str:
    """SQL of an operation's id."""
    return digest(f"toString({service})", kind_name(kind), f"toString({name})")
