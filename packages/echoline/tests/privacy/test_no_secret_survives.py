"""No secret survives up to two encodings, white space inside, or standing in a key: whatever the value is around it."""

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal
from urllib.parse import quote, quote_plus, unquote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echoline.config import RedactionConfig
from echoline.privacy.preview import preview
from privacy.secrets_made import ANY, FIXED, Secret

Encode = Callable[[str], str]
Mode = Literal["mask", "hash", "truncate"]

ENCODINGS: dict[str, Encode] = {
    "json": json.dumps,
    "json object": lambda text: json.dumps({"note": text, "n": 1}),
    "json escapes": lambda text: '"' + "".join(f"\\u{ord(sign):04x}" for sign in text) + '"',
    "url": lambda text: quote(text, safe=""),
    "url path": quote,
    "url form": quote_plus,
    "url all": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 url": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 lines": lambda text: base64.encodebytes(text.encode()).decode(),
}
layers = st.lists(st.sampled_from(sorted(ENCODINGS)), max_size=2)
white = st.sampled_from([" ", "\n", "\t", "\r\n    "])
around = st.sampled_from(["{}", "user said {} twice", "a={}", "({})", "{}\n", "x: {}, y", "é {} é"])
EXAMPLES = [100, pytest.param(1500, marks=[pytest.mark.long, pytest.mark.timeout(3000)])]


def _encoded(text: str, layers: Sequence[str]) -> str:
    for layer in layers:
        text = ENCODINGS[layer](text)
    return text


def _readings(text: str, depth: int = 3) -> Iterator[str]:
    """Everything that somebody who knows the encodings could read in a text: the slow and simple way."""
    yield text
    if depth:
        shown = [unquote_plus(text), re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)]
        shown.append(re.sub(r'\\(["\\/])', r"\1", text).replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r"))
        for run in re.findall(r"[A-Za-z0-9+/_-]{8,}", re.sub(r"(?<=[\w+/])\n", "", text)):
            plain = run.translate({ord("-"): "+", ord("_"): "/"})
            for turn in range(4):
                cut = (
                    plain[turn : len(plain) - (len(plain) - turn) % 4] if (len(plain) - turn) % 4 == 1 else plain[turn:]
                )
                shown.append(base64.b64decode(cut + "=" * (-len(cut) % 4)).decode("utf-8", "replace"))
        for each in set(shown) - {text}:
            yield from _readings(each, depth - 1)


def _survives(secret: str, text: str) -> bool:
    return any(secret in reading or secret in re.sub(r"[\s+]", "", reading) for reading in _readings(text))


def _after(key: str, value: str) -> str:
    shown = preview(RedactionConfig(), b"", [(key, value)])[0]
    return f"{shown.key_after}\n\n{shown.value_after}"


def _holds(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, derandomize=True)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_no_secret_survives_two_layers(examples: int) -> None:
    @_holds(examples)
    @given(ANY, layers, around)
    def holds(secret: Secret, layers: list[str], around: str) -> None:
        text = _encoded(around.format(secret[1]), layers)
        assert not _survives(secret[2], _after("note", text))

    holds()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_no_secret_survives_white_space_inside(examples: int) -> None:
    @_holds(examples)
    @given(FIXED, layers, white, st.data())
    def holds(secret: Secret, layers: list[str], white: str, data: st.DataObject) -> None:
        at = data.draw(st.integers(1, len(secret[1]) - 1))
        text = _encoded(secret[1][:at] + white + secret[1][at:], layers)
        assert not _survives(re.sub(r"\s", "", secret[2]), _after("note", text))

    holds()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_no_secret_survives_in_a_key(examples: int) -> None:
    @_holds(examples)
    @given(ANY, st.sampled_from(["{}", "app.{}.count", "{}_seen", "x {} y"]), layers)
    def holds(secret: Secret, around: str, layers: list[str]) -> None:
        assert not _survives(secret[2], _after(around.format(_encoded(secret[1], layers)), "1"))

    holds()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_what_is_redacted_stays_as_it_is_when_redacted_again(examples: int) -> None:
    @_holds(examples)
    @given(ANY, layers, st.sampled_from(["mask", "hash", "truncate"]))
    def holds(secret: Secret, layers: list[str], mode: Mode) -> None:
        config = RedactionConfig(mode=mode)
        once = preview(config, b"k" * 32, [("note", _encoded(f"before {secret[1]} behind", layers))])[0]
        twice = preview(config, b"k" * 32, [(once.key_after, once.value_after)])[0]
        assert twice.value_after == once.value_after

    holds()
