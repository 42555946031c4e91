"""Sees through encodings: a text as JSON strings, URLs and base64 show it, with the way back to where it stood."""

import base64
import binascii
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_ESCAPE = re.compile(r"\\(?:[\"\\/bfnrt]|u[0-9a-fA-F]{4})")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_SURROGATES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")

# Four letters of base64 that hold three printable ASCII signs or line ends: the zeros that lead each sign rule out half
# of the letters.
_QUAD = r"[CDI-Za-f][AC-HQS-Xgi-nwy-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
_QUADS = re.compile(rf"(?=({_QUAD}{_QUAD}{_QUAD}))")
# Also in wrapped lines, whose length is a multiple of four.
_LETTERS = r"[A-Za-z0-9+/_-]"
_RUN = re.compile(rf"(?:(?:{_LETTERS}{{4}}){{10,}}+\r?\n[ \t]*)+{_LETTERS}+={{0,2}}|{_LETTERS}{{12,}}={{0,2}}")

JSON_HINT = r"\\[\"\\/bfnrtu]"
PERCENT_HINT = r"%[0-9A-Fa-f]{2}"
BASE64_HINT = _QUAD * 3


class Rewrite(NamedTuple):
    """text[start:end] reads as `shown` in the next layer."""

    start: int
    end: int
    shown: str


class View(NamedTuple):
    """A text as a layer below shows it: `cuts` are where its pieces begin, `pieces` where they stand in the parent."""

    text: str
    parent: "View | None" = None
    cuts: tuple[int, ...] = ()
    pieces: tuple[tuple[int, int, bool], ...] = ()

    def span_in_root(self, start: int, end: int) -> tuple[int, int]:
        """Where characters [start, end) stand in the text as it was; an encoded piece counts as a whole."""
        view: View = self
        while view.parent is not None:
            start, end = view._place(start)[0], view._place(end - 1)[1]
            view = view.parent
        return start, end

    def _place(self, at: int) -> tuple[int, int]:
        number = bisect_right(self.cuts, at) - 1
        start, end, is_plain = self.pieces[number]
        if is_plain:
            start += at - self.cuts[number]
            end = start + 1
        return start, end


def below(view: View) -> Iterator[View]:
    """The views one layer down: escapes of JSON resolved, of URLs, and base64 in each alignment that shows text."""
    for rewrites in (_json(view.text), _percent(view.text), *(_base64(view.text, turn) for turn in range(4))):
        if shown := _rewritten(view, rewrites):
            yield shown


def _rewritten(view: View, rewrites: Iterable[Rewrite]) -> View | None:
    """The view with the rewrites done, or None without any."""
    shown: list[str] = []
    cuts: list[int] = []
    pieces: list[tuple[int, int, bool]] = []
    done = length = 0

    def add(start: int, end: int, text: str, is_plain: bool) -> None:
        nonlocal length
        if text:
            shown.append(text)
            cuts.append(length)
            pieces.append((start, end, is_plain))
            length += len(text)

    for each in rewrites:
        add(done, each.start, view.text[done : each.start], True)
        add(each.start, each.end, each.shown, False)
        done = each.end
    if not done:
        return None
    add(done, len(view.text), view.text[done:], True)
    return View("".join(shown), view, tuple(cuts), tuple(pieces))


def _json(text: str) -> Iterator[Rewrite]:
    done = 0
    for match in _ESCAPE.finditer(text):
        if match.start() < done:
            continue
        sign = match[0][1]
        if sign != "u":
            yield Rewrite(match.start(), match.end(), _ESCAPED.get(sign, sign))
        elif pair := _SURROGATES.match(text, match.start()):
            done = pair.end()
            code = 0x10000 + ((int(pair[0][2:6], 16) - 0xD800) << 10) + int(pair[0][8:12], 16) - 0xDC00
            yield Rewrite(pair.start(), done, chr(code))
        else:
            code = int(match[0][-4:], 16)
            yield Rewrite(match.start(), match.end(), "\ufffd" if 0xD800 <= code < 0xE000 else chr(code))


def _percent(text: str) -> Iterator[Rewrite]:
    for match in _PERCENT.finditer(text):
        shown = unquote_to_bytes(match[0])
        if shown.isascii():  # one by one, so that a finding takes no more than its own signs
            for number, sign in enumerate(shown):
                yield Rewrite(match.start() + 3 * number, match.start() + 3 * number + 3, chr(sign))
        else:
            yield Rewrite(match.start(), match.end(), shown.decode("utf-8", "replace"))


def _base64(text: str, turn: int) -> Iterator[Rewrite]:
    """Runs of base64 read from their `turn`th letter, where that shows three times three printable signs."""
    for run in _RUN.finditer(text):
        start = run.start() + turn
        tight = re.sub(r"\s+", "", run[0][turn:]).rstrip("=")
        if not any(match.start() % 4 == 0 for match in _QUADS.finditer(tight)):
            continue
        tight = tight.translate({ord("-"): "+", ord("_"): "/"})
        tight = tight[: len(tight) - (len(tight) % 4 == 1)]
        try:
            shown = base64.b64decode(tight + "=" * (-len(tight) % 4))
        except binascii.Error:
            continue
        yield Rewrite(start, run.end(), shown.decode("utf-8", "replace"))
