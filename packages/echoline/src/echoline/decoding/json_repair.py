"""Makes JSON bodies readable that are refused for text that is no Unicode or for values nested too deep."""

import json
import re

from echoline.decoding.values import DEEPEST

STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_STRING_OR_BRACKET = re.compile(STRING.pattern + rb"|[\[\]{}]", re.DOTALL)
# A map takes four levels of JSON for one of its own; above the value of an exemplar's attribute there are fifteen.
_DEEPEST = 20 + 4 * (DEEPEST + 1)


def repaired_json(body: bytes) -> tuple[bytes, int]:
    """The body with U+FFFD for what is no Unicode, and the number of strings in which it stands now.

    What is deeper than any setting allows is null; reading cuts and counts what it stood in.
    """
    strings = 0

    def mended(token: re.Match[bytes]) -> bytes:
        nonlocal strings
        text = _unicode(token[0])
        strings += text is not None
        return token[0] if text is None else json.dumps(text).encode()

    return STRING.sub(mended, _pruned(body)), strings


def _unicode(token: bytes) -> str | None:
    """The mended text of a JSON string; None for one that needs no mending, or is no string at all."""
    text = token.decode(errors="replace")
    try:
        plain = json.loads(text, strict=False)
    except ValueError:
        return None
    # Two escapes can make one character; a lone one of such a pair is none.
    mended = str(plain).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return mended if mended != plain or text.encode() != token else None


def _pruned(body: bytes) -> bytes:
    pieces = []
    end = depth = 0
    for token in _STRING_OR_BRACKET.finditer(body):
        if token[0] in (b"[", b"{"):
            depth += 1
            if depth == _DEEPEST + 1:
                pieces += [body[end : token.start()], b"null"]
        elif token[0] in (b"]", b"}"):
            if depth == _DEEPEST + 1:
                end = token.end()
            depth -= 1
    return b"".join([*pieces, body[end:]])
