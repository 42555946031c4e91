import pytest

from echoline.config import RedactionConfig, RedactionRule
from echoline.errors import BadConfig
from echoline.model.answers_redaction import RedactionHit, RedactionPreview
from echoline.privacy.preview import preview


def test_before_and_after_come_with_rules_and_places() -> None:
    shown = preview(RedactionConfig(), b"", [("note", "to bob@example.com"), ("", "plain"), ("token", "abc")])
    assert shown == [
        RedactionPreview("note", "to bob@example.com", "note", "to [email]", (RedactionHit("email", "value", 3, 18),)),
        RedactionPreview("", "plain", "", "plain", ()),
        RedactionPreview("token", "abc", "token", "[secret]", (RedactionHit("secret", "value", 0, 3),)),
    ]


def test_a_hit_in_a_key_says_so() -> None:
    shown = preview(RedactionConfig(), b"", [("seen.bob@example.com/x", "1")])[0]
    assert shown.key_after == "[email]/x"
    assert shown.hits == (RedactionHit("email", "key", 0, 20),)


def test_places_are_those_of_the_text_as_given_also_under_encodings() -> None:
    text = "q=%62ob%40example.com&x"
    hit = preview(RedactionConfig(), b"", [("", text)])[0].hits[0]
    assert text[hit.start : hit.end] == "%62ob%40example.com"


def test_nothing_given_shows_nothing() -> None:
    assert preview(RedactionConfig(), b"", []) == []


def test_rules_that_cannot_be_meant_are_refused_as_at_the_start() -> None:
    with pytest.raises(BadConfig, match="badge"):
        preview(RedactionConfig(rules=(RedactionRule("badge", "("),)), b"", [])
