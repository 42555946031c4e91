"""Receipts for tests that do not care how they came about."""

from echoline.model.answers_deployments import Receipt
from echoline.model.deployments import Verdict

AT = "2026-11-22T10:00:00.000000000Z"


def receipt(verdict: Verdict, *, is_final: bool = True) -> Receipt:
    """A receipt without changes."""
    return Receipt(verdict, is_final, f"It is {verdict}.", 0.05, 3, 100, 120, "windows", AT, AT, AT, AT, (), (), AT)
