import time

import pyarrow as pa
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from echoline.config import RedactionConfig
from echoline.privacy.detectors import BUILT_IN, KINDS
from echoline.privacy.ruleset import ruleset
from echoline.privacy.scanner import Scanner
from privacy.secrets_made import ANY, Secret

_LONG = 64 * 1024
_PIECES = (
    *(
        "a",
        "a@",
        "a.",
        "@a.",
        "1",
        "1 ",
        "1.",
        "1-",
        "12345678 ",
        "1.1.1.",
        "ab:",
        "::",
        "a@b.b.b.",
        "é",
        "\n",
        " ",
        "+",
    ),
    *(
        "eyJ",
        "eyJaaaaaa.",
        "e y J ",
        "-----BEGIN ",
        "-----BEGIN RSA PRIVATE KEY-----",
        "AKIA",
        "sk-",
        "s k - ",
        "ghp_a",
    ),
    *("password=", 'password="', "token=[{", "token={", "--token ", "cookie: a=b; ", "cookie: a=", "authorization: "),
    *(
        "://",
        "://a:b@",
        "%41",
        "\\u0041",
        '\\"',
        "\\\\",
        "QUtJ",
        "aa:bb:",
        "Bearer a",
        "pass:=",
        "<pass>",
        "secret,value=",
    ),
    *("token=a(", "cookie:", 'token="a"."', "AKIAIOSFODNN7EXAMPLE:", "4111 1111 1111 "),
)


def test_every_kind_has_a_detector() -> None:
    assert {kind for detector in BUILT_IN for kind in detector.kinds} == set(KINDS)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(ANY, st.text(max_size=3), st.text(max_size=3))
def test_a_detector_never_finds_what_its_hint_does_not_match(secret: Secret, before: str, behind: str) -> None:
    text = f"{before} {secret[1]} {behind}"
    for detector in BUILT_IN:
        if list(detector.find(text)):
            assert re2.search(detector.hint, text), (detector.kinds, text)


@pytest.mark.exclusive
@pytest.mark.parametrize("piece", _PIECES)
def test_no_text_takes_long(piece: str) -> None:
    """The longest value that is kept, repeating what a pattern could trip over. Four times the text is four times the
    work; a quadratic pattern would have sixteen times."""
    scanner = Scanner(ruleset(RedactionConfig(), b""))

    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        start = time.process_time()
        scanner.scan(pa.array([text]))
        return time.process_time() - start

    seconds(1_000)  # the patterns are compiled
    assert seconds(_LONG) <= 8 * seconds(_LONG // 4) + 0.1
