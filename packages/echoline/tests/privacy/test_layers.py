import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from echoline.privacy.layers import LAYER_HINT, LAYERS, View


def below(view: View) -> list[View]:
    return [one for layer in LAYERS if (one := view.below(layer)).text != view.text]


def _shown(text: str) -> list[str]:
    return [view.text for view in below(View(text))]


def test_a_text_without_encodings_has_nothing_below() -> None:
    assert _shown("GET /cart 3b2ec554-e024-4565-8592-e244331bfe07 100%") == []


@settings(deadline=None, derandomize=True)
@given(st.text(min_size=1))
def test_strings_of_json_read_as_what_they_were(text: str) -> None:
    encoded = json.dumps(text)
    if "\\" in encoded:
        assert json.dumps(text)[1:-1] in encoded
        assert text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") in _shown(encoded)[0]


def test_what_was_escaped_in_a_url_is_found_where_it_stands() -> None:
    text = f"?to={quote('bob@example.com ü', safe='')}&x=1"
    view = below(View(text))[0]
    start = view.text.index("@")
    assert view.text == "?to=bob@example.com ü&x=1"
    assert text[slice(*view.span_in_root(start, start + 1))] == "%40"


def test_base64_is_read_from_any_letter_and_found_as_a_whole() -> None:
    run = base64.b64encode(b"password=hunter2 and more").decode()
    text = f"(x/{run})"
    view = next(view for view in below(View(text)) if "hunter2" in view.text)
    start = view.text.index("hunter2")
    assert text[slice(*view.span_in_root(start, start + 7))] == run


def test_wrapped_lines_of_base64_are_read_as_one_and_words_below_are_left() -> None:
    run = base64.encodebytes(b"in the middle of what is wrapped stands password=hunter2 and it goes on and on").decode()
    assert any("password=hunter2 and it" in shown for shown in _shown(f"{run}below"))
    assert "at 02:00:00:00:00:01\ny" in _shown(base64.b64encode(b"at 02:00:00:00:00:01").decode() + "\ny")


@settings(deadline=None, derandomize=True)
@given(
    st.text(max_size=20), st.sampled_from([quote, json.dumps, lambda text: base64.b64encode(text.encode()).decode()])
)
def test_the_way_back_leads_to_the_whole_text(text: str, encode: Callable[[str], str]) -> None:
    """Reading quickly and reading piece by piece agree, and whatever has a layer is hinted at."""
    encoded = f"a {encode(text)} b"
    for view in below(View(encoded)):
        assert re2.search(LAYER_HINT, encoded)
        assert view.span_in_root(0, len(view.text)) == (0, len(encoded))
        assert encoded.endswith(view.text[-2:])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text('%0489AEFFaé\\u"n+/=', max_size=30))
def test_reading_at_once_and_piece_by_piece_agree(text: str) -> None:
    for layer in LAYERS:
        pieces, done = [], 0
        for each in layer.rewrites(text):
            pieces += [text[done : each.start], each.shown]
            done = each.end
        assert "".join((*pieces, text[done:])) == layer.read(text)


def test_spans_are_followed_through_two_layers() -> None:
    text = json.dumps({"a": quote("x=bob@example.com", safe=""), "b": "é"})
    inner = next(one for view in below(View(text)) for one in below(view) if "@" in one.text)
    start = inner.text.index("@")
    assert text[slice(*inner.span_in_root(start, start + 1))] == "%40"
