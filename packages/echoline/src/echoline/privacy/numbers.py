"""Numbers of people: payment cards and CPF, told from other numbers by their check digits and issuers."""

import re
from collections.abc import Iterator

from echoline.privacy.findings import Finding

# First digits and lengths of cards in use. 19 digits count only when written in groups: many ids are 19 digits long.
_ISSUERS = re.compile(
    r"4\d{15}|4\d{18}"  # Visa
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11}"  # Diners
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12}"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|62\d{14}|62\d{17}"  # UnionPay
    r"|(?:50[0-9]{4}|6277\d\d|6362\d\d|6363\d\d|606282)\d{10}"  # Elo, Hipercard
)
_BEFORE, _BEHIND = r"(?<![0-9A-Za-z])(?<!\d[.-])(?<!^\+)(?<!\W\+)", r"(?![0-9A-Za-z])(?![.-]\d)"
_GAP = r"[\s+.-]{1,4}"
_CARD = re.compile(
    rf"{_BEFORE}(?:\d{{14,16}}|\d{{4}}{_GAP}(?:\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}(?:{_GAP}\d{{3}})?"
    rf"|\d{{6}}{_GAP}\d{{4,5}})){_BEHIND}",
    re.ASCII,
)
# A card broken once, by a wrapped line; a look-ahead, since the number before may have nothing to do with it.
_BROKEN_CARD = re.compile(rf"{_BEFORE}(?=(\d{{1,15}}[\s+]{{1,40}}\d{{1,15}}){_BEHIND})", re.ASCII)
_BARE = r"4\d{15}|5[0-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14}|6\d{15}"
CARD_HINT = (
    rf"(?:^|[^0-9A-Za-z])(?:{_BARE})(?:[^0-9A-Za-z]|$)"
    rf"|\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}|3\d{{3}}{_GAP}\d{{6}}{_GAP}\d{{4}}"
    r"|\d[\s+]{1,40}\d{7}|\d{7}[\s+]{1,40}\d"
)

# White space anywhere in a written CPF; between bare digits it would join any two numbers.
_WRITTEN_CPF = r"[\s+]{0,40}".join([*[r"\d"] * 3, r"\.", *[r"\d"] * 3, r"\.", *[r"\d"] * 3, "-", *[r"\d"] * 2])
_CPF = re.compile(rf"{_BEFORE}(?:\d{{11}}|{_WRITTEN_CPF}){_BEHIND}", re.ASCII)
CPF_HINT = r"(?:^|[^0-9A-Za-z])\d{11}(?:[^0-9A-Za-z]|$)|\d[\s+]*\.(?:[\s+]*\d){3}[\s+]*\.(?:[\s+]*\d){3}[\s+]*-[\s+]*\d"


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def is_card(digits: str) -> bool:
    """Whether digits without separators are a card number of a known issuer."""
    return bool(_ISSUERS.fullmatch(digits)) and len(set(digits)) > 1 and passes_luhn(digits)


def is_cpf(digits: str) -> bool:
    """Whether eleven digits end in the two check digits of a CPF; eleven equal ones do, and are none."""
    numbers = [int(digit) for digit in digits]
    return len(set(digits)) > 1 and all(
        sum(number * weight for number, weight in zip(numbers, range(length + 1, 1, -1), strict=False)) * 10 % 11 % 10
        == numbers[length]
        for length in (9, 10)
    )


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def find_cards(text: str) -> Iterator[Finding]:
    """Card numbers, bare, in their usual groups, or broken once by white space."""
    for match in _CARD.finditer(text):
        if is_card(_digits(match[0])):
            yield Finding("card", match.start(), match.end(), match[0])
    for match in _BROKEN_CARD.finditer(text):
        if 14 <= len(digits := _digits(match[1])) <= 16 and is_card(digits):
            yield Finding("card", match.start(1), match.end(1), match[1])


def find_cpfs(text: str) -> Iterator[Finding]:
    """CPF numbers, bare or as 123.456.789-09."""
    for match in _CPF.finditer(text):
        if is_cpf(_digits(match[0])):
            yield Finding("cpf", match.start(), match.end(), match[0])
