"""The examples of every kind, which anybody can extend: see examples/README.md."""

import re
from pathlib import Path

import pytest

from echoline.config import RedactionConfig
from echoline.privacy.detectors import KINDS
from echoline.privacy.preview import preview

FOLDER = Path(__file__).parent / "examples"
_ENOUGH = 15


def _lines(kind: str) -> list[str]:
    lines = (FOLDER / f"{kind}.txt").read_text("utf-8").replace("¦", "").splitlines()
    return [line.replace("⏎", "\n") for line in lines if line and not line.startswith("#")]


def _item(text: str) -> tuple[str, str]:
    key, arrow, value = text.partition(" ⇒ ")
    return (key, value) if arrow else ("", text)


@pytest.mark.parametrize("kind", KINDS)
def test_examples_are_redacted_exactly_as_written(kind: str) -> None:
    lines = _lines(kind)
    before = [_item(re.sub("[«»]", "", line[2:])) for line in lines]
    expected = [_item(re.sub("«[^»]*»", f"[{kind}]", line[2:])) for line in lines]

    shown = preview(RedactionConfig(), b"", before)

    after = [(one.key_after, one.value_after) for one in shown]
    wrong = [
        f"{line!r} became {got}" for line, got, wanted in zip(lines, after, expected, strict=True) if got != wanted
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_enough_examples_of_both_sorts(kind: str) -> None:
    signs = [line[0] for line in _lines(kind)]
    assert signs.count("+") >= _ENOUGH
    assert signs.count("-") >= _ENOUGH


def test_every_example_file_belongs_to_a_kind() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(KINDS)
