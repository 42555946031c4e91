import time

import pytest

from echoline.config import RedactionConfig, RedactionRule
from echoline.errors import BadConfig
from echoline.privacy.preview import preview
from echoline.privacy.ruleset import ruleset


def _after(config: RedactionConfig, text: str, key: str = "note") -> str:
    return preview(config, b"k" * 32, [(key, text)])[0].value_after


def _own(pattern: str = "", **others: str) -> RedactionConfig:
    return RedactionConfig(rules=(RedactionRule("badge", pattern, **others),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "place"), [("(a", 0), ("ab[c-", 2), ("a(?=b)", 1), ("x{9999}", 1), (r"(a)\1", 3), ("a**", 1)]
)
def test_a_bad_pattern_is_named_with_its_rule_and_place(pattern: str, place: int) -> None:
    with pytest.raises(BadConfig, match="badge") as error:
        ruleset(_own(pattern), b"")
    assert repr(pattern) in str(error.value)
    assert f"position {place}:" in str(error.value)


def test_a_bad_key_pattern_says_that_it_is_the_key() -> None:
    with pytest.raises(BadConfig, match=r"rule 'badge': key '\(x' is no RE2 pattern at position 0"):
        ruleset(_own(key="(x"), b"")


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (RedactionConfig(off=("emails",)), "'redaction.off'.* = 'emails': allowed is secret, token"),
        (RedactionConfig(rules=(RedactionRule("email", "x"),)), "'email': the name is taken"),
        (RedactionConfig(rules=(RedactionRule("a", "x"), RedactionRule("a", "y"))), "'a': the name is taken"),
        (RedactionConfig(rules=(RedactionRule("my rule", "x"),)), "'my rule': a name is a letter"),
        (RedactionConfig(rules=(RedactionRule("idle"),)), "'idle': it needs a pattern or a key"),
        (RedactionConfig(mode="hash"), "'hash' needs the key"),
    ],
)
def test_settings_that_cannot_be_meant_stop_the_start(config: RedactionConfig, words: str) -> None:
    with pytest.raises(BadConfig, match=words):
        ruleset(config, b"")


def test_an_own_pattern_is_redacted_wherever_it_stands_also_encoded() -> None:
    assert _after(_own(r"EMP-\d{5}"), "by EMP-12345 and %45MP-54321") == "by [badge] and [badge]"


def test_an_own_key_takes_the_whole_value() -> None:
    assert _after(_own(key="^shop[.]city$"), "Bonn", "shop.city") == "[badge]"


@pytest.mark.parametrize(("mode", "after"), [("mask", "x [badge] y"), ("remove", "x  y"), ("truncate", "x EMP-… y")])
def test_an_own_rule_has_its_own_mode(mode: str, after: str) -> None:
    assert _after(_own(r"EMP-\d{5}", mode=mode), "x EMP-12345 y") == after


def test_own_rules_that_match_their_own_marker_leave_it() -> None:
    config = _own(r"\w+")
    once = _after(config, "all words")
    assert once == "[badge] [badge]"
    assert _after(config, once) == once


def test_the_users_rule_names_what_ours_finds_too() -> None:
    assert _after(_own(r"[a-z]+@example\.com"), "bob@example.com") == "[badge]"


@pytest.mark.exclusive
@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"(.*)*x", r"(\w+\s?)+:$"])
def test_catastrophic_patterns_take_linear_time(pattern: str) -> None:
    start = time.process_time()
    _after(_own(pattern), "a" * 60_000 + "!")
    assert time.process_time() - start < 2
