import pytest

from echoline.config import RedactionConfig
from echoline.model.batch import ValueType
from echoline.privacy.findings import Finding
from echoline.privacy.ruleset import KeyClass, ruleset
from echoline.privacy.values import NO_KEY, redacted, type_after

RULES = ruleset(RedactionConfig(), b"")
SECRET = KeyClass("secret", frozenset())


def test_a_secret_key_takes_all_of_a_value() -> None:
    assert redacted(RULES, SECRET, "a b", ()) == ("[secret]", (Finding("secret", 0, 3, "a b"),))


@pytest.mark.parametrize("text", ["", "null", "***", "[secret]", "[email]", "abcd…"])
def test_nothing_is_taken_where_nothing_is(text: str) -> None:
    assert redacted(RULES, SECRET, text, ()) == (text, ())


def test_exempt_kinds_are_left() -> None:
    finding = Finding("ip", 0, 8, "10.1.2.3")
    assert redacted(RULES, KeyClass(None, frozenset({"ip"})), "10.1.2.3", (finding,)) == ("10.1.2.3", ())
    assert redacted(RULES, NO_KEY, "10.1.2.3", (finding,)).text == "[ip]"


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        (ValueType.MAP, '{"a":"[card]"}', ValueType.MAP),
        (ValueType.ARRAY, "[secret]", ValueType.STRING),
        (ValueType.INT, "[card]", ValueType.STRING),
        (ValueType.BYTES, "[token]", ValueType.STRING),
    ],
)
def test_a_value_keeps_its_type_only_while_it_is_one(before: ValueType, text: str, after: ValueType) -> None:
    assert type_after(before, text) == after
