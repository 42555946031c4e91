"""tests/may-skip.txt and the tests agree about what may be missing; conftest.py refuses a skip it does not name."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGES = Path(__file__).parents[3]
SKIPS = {"skip", "skipif", "importorskip"}


def skip_calls() -> Iterator[tuple[str, str]]:
    """Each call of pytest's skips in the tests: where it stands, and its reason as far as it is written down."""
    for file in PACKAGES.glob("*/tests/**/*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SKIPS:
                reasons = [each.value for each in node.keywords if each.arg == "reason"] + node.args[:1]
                yield f"{file.relative_to(PACKAGES)}:{node.lineno}", ast.unparse(reasons[0]) if reasons else ""


def test_every_named_program_may_really_be_missing(repository: Path) -> None:
    lines = (repository / "tests/may-skip.txt").read_text("utf-8").splitlines()
    named = {line.split("#")[0].strip() for line in lines} - {""}
    reasons = " ".join(reason.lower() for _, reason in skip_calls())
    assert {name for name in named if name not in reasons} == set()


def test_every_skip_gives_a_reason() -> None:
    assert [place for place, reason in skip_calls() if not reason] == []
