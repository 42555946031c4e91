"""Sees through encodings: a text as JSON strings, URLs and base64 show it, with the way back to where it stood."""

import base64
import binascii
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple
from urllib.parse import unquote, unquote_to_bytes

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


class Rewrite(NamedTuple):
    """text[start:end] reads as `shown` in the next layer."""

    start: int
    end: int
    shown: str


@dataclass(frozen=True)
class Layer:
    """An encoding: the RE2 pattern of texts that have it, how they read below it, and that piece by piece."""

    hint: str
    read: Callable[[str], str]
    rewrites: Callable[[str], Iterable[Rewrite]]


@dataclass(frozen=True)
class View:
    """A text as a layer below its parent shows it, with the way back; a view without parent is the text as it was."""

    text: str
    parent: "View | None" = None
    layer: Layer | None = None

    def below(self, layer: Layer) -> "View":
        """What this view shows one layer down; the way back is found when somebody asks for it."""
        return View(layer.read(self.text), self, layer)

    def span_in_root(self, start: int, end: int) -> tuple[int, int]:
        """Where characters [start, end) stand in the text as it was; an encoded piece counts as a whole."""
        view: View = self
        while view.parent is not None:
            start, end = view._place(start)[0], view._place(end - 1)[1]
            view = view.parent
        return start, end

    @cached_property
    def _pieces(self) -> list[tuple[int, int, int, bool]]:
        """Where each piece begins here, where it stands in the parent, and whether it reads the same there."""
        assert self.parent is not None
        assert self.layer is not None
        pieces: list[tuple[int, int, int, bool]] = []
        here = done = 0
        for each in self.layer.rewrites(self.parent.text):
            pieces += [(here, done, each.start, True), (here + each.start - done, each.start, each.end, False)]
            here += each.start - done + len(each.shown)
            done = each.end
        return [*pieces, (here, done, len(self.parent.text), True)]

    def _place(self, at: int) -> tuple[int, int]:
        here, start, end, is_plain = self._pieces[bisect_right(self._pieces, at, key=lambda piece: piece[0]) - 1]
        return (start + at - here, start + at - here + 1) if is_plain else (start, end)


def _rewritten(text: str, rewrites: Iterable[Rewrite]) -> str:
    shown: list[str] = []
    done = 0
    for each in rewrites:
        shown += (text[done : each.start], each.shown)
        done = each.end
    return "".join((*shown, text[done:]))


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


def _base64_from(turn: int) -> Layer:
    def rewrites(text: str) -> Iterator[Rewrite]:
        return _base64(text, turn)

    return Layer(_QUAD * 3, lambda text: _rewritten(text, rewrites(text)), rewrites)


LAYERS = (
    Layer(r"\\[\"\\/bfnrtu]", lambda text: _rewritten(text, _json(text)), _json),
    Layer(r"%[0-9A-Fa-f]{2}", partial(unquote, errors="replace"), _percent),
    *(_base64_from(turn) for turn in range(4)),
)
"""JSON strings, URLs, and base64 in each alignment in which it may show text."""
LAYER_HINT = "|".join(dict.fromkeys(layer.hint for layer in LAYERS))
