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
# How cards are written; white space may break one of the groups once more.
_GROUPS = {(16,), (15,), (14,), (4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3)}
_MOST_GROUPS = 6
_NUMBERS = re.compile(r"\d{1,16}(?:[\s+.-]{1,40}\d{1,16})*(?!\d)", re.ASCII)
_NUMBER = re.compile(r"\d+", re.ASCII)
# What may not stand around a number of people: it would be part of a longer number, a decimal, an id, a phone number.
_BEFORE, _BEHIND = r"(?<![0-9A-Za-z])(?<!\d[.-])(?<!^\+)(?<!\W\+)", r"(?![0-9A-Za-z])(?![.-]\d)"
_STARTS, _ENDS = re.compile(_BEFORE), re.compile(_BEHIND)
_BARE = r"4\d{15}|5[0-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14}|6\d{15}"
CARD_HINT = (
    rf"(?:^|[^0-9A-Za-z])(?:{_BARE})(?:[^0-9A-Za-z]|$)"
    r"|\d{4}[\s+.-]+\d{4}|\d[\s+]+\d{7}|\d{7}[\s+]+\d"
)

# White space anywhere in a written CPF; between bare digits it would join any two numbers.
_WRITTEN_CPF = r"[\s+]{0,40}".join([*[r"\d"] * 3, r"\.", *[r"\d"] * 3, r"\.", *[r"\d"] * 3, "-", *[r"\d"] * 2])
_CPF = re.compile(
    rf"{_BEFORE}(?:\d{{11}}|{_WRITTEN_CPF}|\d{{9}}[-/]\d\d|\d{{3}}[. ]\d{{3}}[. ]\d{{3}}[-/ ]\d\d){_BEHIND}", re.ASCII
)
CPF_HINT = (
    r"(?:^|[^0-9A-Za-z])\d{11}(?:[^0-9A-Za-z]|$)|\d{9}[-/]\d|\d{3}[. ]\d{3}[. ]\d{3}[-/ ]\d"
    r"|\d[\s+]*\.(?:[\s+]*\d){3}[\s+]*\.(?:[\s+]*\d){3}[\s+]*-[\s+]*\d"
)


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
    """Card numbers, bare or in their usual groups, also broken once more by white space."""
    for row in _NUMBERS.finditer(text):
        groups = [match.span() for match in _NUMBER.finditer(text, *row.span())]
        for first, (start, _) in enumerate(groups):
            if _STARTS.match(text, start) and (end := _card_end(text, groups[first : first + _MOST_GROUPS])):
                yield Finding("card", start, end, text[start:end])


def _card_end(text: str, groups: list[tuple[int, int]]) -> int | None:
    """Where the card ends that begins with the first group, if one does."""
    start = groups[0][0]
    for count in range(1, len(groups) + 1):
        end = groups[count - 1][1]
        sizes = tuple(after - before for before, after in groups[:count])
        if sum(sizes) > 19:
            return None
        if _is_written(sizes) and _ENDS.match(text, end) and is_card(_digits(text[start:end])):
            return end
    return None


def _is_written(sizes: tuple[int, ...]) -> bool:
    """Whether cards are written in groups of these sizes, one of them perhaps broken in two."""
    joined = ((*sizes[:at], sizes[at] + sizes[at + 1], *sizes[at + 2 :]) for at in range(len(sizes) - 1))
    return sizes in _GROUPS or any(each in _GROUPS for each in joined)


def find_cpfs(text: str) -> Iterator[Finding]:
    """CPF numbers, bare or as 123.456.789-09."""
    for match in _CPF.finditer(text):
        if is_cpf(_digits(match[0])):
            yield Finding("cpf", match.start(), match.end(), match[0])
