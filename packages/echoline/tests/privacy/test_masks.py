import re

import pytest

from echoline.privacy.findings import Finding
from echoline.privacy.masks import Masks

HASHED = Masks({"email": "hash", "card": "mask"}, b"k" * 32)


def _finding(text: str, secret: str, rule: str = "email") -> Finding:
    start = text.index(secret)
    return Finding(rule, start, start + len(secret), secret)


def test_a_hash_depends_on_secret_and_key_alone() -> None:
    other = Masks({"email": "hash"}, b"o" * 32)
    shown = HASHED.replacement("email", "bob@example.com")
    assert re.fullmatch(r"\[email#[0-9a-f]{12}\]", shown)
    assert shown == HASHED.replacement("email", "bob@example.com")
    assert shown != other.replacement("email", "bob@example.com")


@pytest.mark.parametrize(
    ("secret", "shown"), [("hunter2 and more", "hunt…"), ("1234", "12…"), ("a", "…"), ('a"b\\cdefgh', "a…")]
)
def test_truncating_shows_at_most_half_and_nothing_that_needs_escaping(secret: str, shown: str) -> None:
    assert Masks({"email": "truncate"}, b"").replacement("email", secret) == shown


@pytest.mark.parametrize("text", ["[email]", "[email#0123456789ab]", "[card]", "hunt…", "…"])
def test_what_a_redaction_left_is_recognised(text: str) -> None:
    assert HASHED.is_masked(text)


def test_other_brackets_are_no_markers() -> None:
    assert not HASHED.is_masked("[mail]")
    assert not HASHED.is_masked("[email] x")
    assert HASHED.unmasked("[email] x@y.zz", (_finding("[email] x@y.zz", "x@y.zz"),))


def test_a_bare_number_in_json_is_replaced_by_a_string() -> None:
    text = '{"a":[4111,"4111"],"b":1}'
    findings = (Finding("card", 6, 10, "4111"), Finding("card", 12, 16, "4111"))
    assert HASHED.applied(text, findings) == '{"a":["[card]","[card]"],"b":1}'


def test_a_sign_before_a_bare_number_goes_with_it() -> None:
    assert HASHED.applied('{"a":-4111}', (Finding("card", 6, 10, "4111"),)) == '{"a":"[card]"}'


def test_text_around_findings_stays() -> None:
    text = "from bob to eve"
    findings = (_finding(text, "bob", "card"), _finding(text, "eve", "card"))
    assert HASHED.applied(text, findings) == "from [card] to [card]"
