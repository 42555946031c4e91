import pytest
import typer

from echoline.surfaces.cli import units_given


@pytest.mark.parametrize("text", [None, "5m", "24h", "now", "2026-11-22", "1790000000", "2026-11-22T10:15"])
def test_a_time_is_passed_on_as_it_was_given(text: str | None) -> None:
    assert units_given.time(text) == text


@pytest.mark.parametrize("text", ["5", "-5", "1.5", "20261122"])
def test_a_number_alone_is_no_time(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=f"{text} of what\\? {text}m, {text}h or {text}d"):
        units_given.time(text)


def test_a_number_alone_is_no_length() -> None:
    assert units_given.length("250ms") == "250ms"
    with pytest.raises(typer.BadParameter, match=r"1000000000 of what\? 1000000000ms"):
        units_given.length("1000000000")
