import pytest

from echoline.privacy.numbers import find_cards, is_card, is_cpf, passes_luhn


def test_luhn_finds_one_wrong_digit() -> None:
    assert passes_luhn("4111111111111111")
    assert not any(passes_luhn("411111111111111" + digit) for digit in "023456789")


@pytest.mark.parametrize("digits", ["1763800000000005", "9999999999999995", "0000000000000000", "79927398713"])
def test_a_check_digit_alone_makes_no_card(digits: str) -> None:
    assert not is_card(digits)


def test_both_check_digits_of_a_cpf_count() -> None:
    assert is_cpf("52998224725")
    assert not is_cpf("52998224735")
    assert not is_cpf("52998224724")
    assert not is_cpf("99999999999")


def test_a_card_is_found_between_other_numbers() -> None:
    found = list(find_cards("12 4111 1111 1111 1111 123 45"))
    assert [(one.start, one.end) for one in found] == [(3, 22)]


def test_numbers_that_only_together_make_a_card_are_none() -> None:
    assert list(find_cards("41 11 11 11 11 11 11 11")) == []
