import pytest

from echoline.privacy.placeholders import is_no_value, is_placeholder


@pytest.mark.parametrize("text", ["", "null", "None", "***", "[FILTERED]", "<redacted>", "xxxx", "…"])
def test_what_says_that_there_is_nothing_is_no_value(text: str) -> None:
    assert is_no_value(text)


@pytest.mark.parametrize("text", ["%s", "%(name)s", "?", "$1", "${TOKEN}", "{token}", ":token_1", "@p3", "<token>"])
def test_a_place_for_a_value_is_no_value_in_a_text_but_may_be_one_alone(text: str) -> None:
    assert is_placeholder(text)
    assert not is_no_value(text)


@pytest.mark.parametrize("text", ["hunter2", "$ecret", "correct horse", "a", "0"])
def test_values_are_values(text: str) -> None:
    assert not is_placeholder(text)
