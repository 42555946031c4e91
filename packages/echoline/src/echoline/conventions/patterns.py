"""Patterns of log bodies: the first line with its variable parts as `<*>`, so that lines of one statement are one.

Variable are quoted texts, URLs, e-mail addresses, paths, dates, hexadecimal, numbers and words with numbers in them.
The work is done by Arrow's RE2 on whole columns: linear in the text and about 1 µs a line.
"""

import pyarrow as pa
import pyarrow.compute as pc

MAX_READ = 400
"""Characters of a first line that are read."""
MAX_PATTERN = 250
"""Longest pattern in characters; a longer one ends with …"""
MAX_KEYS_READ = 4_000
"""Characters of a structured body that are read."""

_COLOURS = "\x1b\\[[0-9;]*[A-Za-z]"
_ACCESS = r'"((?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS) )[^"]* (HTTP/)[^"]*"'
# No group captures: that would make the pass three times as long. \B before a mark means: not right behind a word.
_VARIABLE = "|".join(
    [
        r"""\B'[^']*'|\B"(?:[^"\\]|\\.)*\"""",
        r"""[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]+""",
        r"[A-Za-z0-9_.+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+",
        r"""(?:\B~?|\B\.{1,2}|\b[A-Za-z]:)(?:[/\\][\w.%@$+~-]+)+[/\\]?(?:\?[^\s"']+)?""",
        r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z\b|[+-]\d\d:?\d\d)?",
        r"\b(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{1,4}\b",
        r"\b0x[0-9a-fA-F]+|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b[0-9a-f]{8,}\b",
        r"\b[A-Za-z]+\d+[A-Za-z]+\d\w*|\b[A-Za-z_]+\d{3,}\w*",
        r"\b\d(?:[\w.:%/-]*[\w%])?|_\d+\b",
    ]
)
_LIST = r"<\*>(?:,\s*<\*>)+"

_TEXT_IN_OBJECT = r'":\s*"(?:[^"\\]|\\.)*"?'
_TEXT_IN_ARRAY = r'([\[,]\s*)"(?:[^"\\]|\\.)*"(\s*[,\]])'
_SCALAR = r"([:,\[]\s*)(?:-?\d[\d.eE+-]*|true|false|null)"


def patterns(bodies: pa.StringArray) -> pa.StringArray:
    """The pattern of each text, in its order; a text that is a JSON object is told by its keys."""
    is_object = pc.match_substring_regex(bodies, r'^\s*\{\s*"')
    lines = _of_lines(pc.if_else(is_object, "", bodies))
    return pc.replace_with_mask(lines, is_object, keys(bodies.filter(is_object)))


def keys(bodies: pa.StringArray) -> pa.StringArray:
    """What structured bodies (compact JSON) hold, without values: `{event, user{id, name}, items[]}`."""
    left = pc.utf8_slice_codeunits(bodies, 0, MAX_KEYS_READ)
    left = pc.replace_substring_regex(left, _TEXT_IN_OBJECT, '":')
    # An element's comma begins the next one, so every second element is left for the second time.
    for _ in range(2):
        left = pc.replace_substring_regex(left, _TEXT_IN_ARRAY, r"\1\2")
    left = pc.replace_substring_regex(left, _SCALAR, r"\1")
    encoded = left.dictionary_encode()
    shapes = pc.replace_substring_regex(encoded.dictionary, r'[":\s]', "")
    shapes = pc.replace_substring_regex(shapes, r"\[,+\]", "[]")
    return _bounded(pc.replace_substring(shapes, ",", ", ")).take(encoded.indices)


def _of_lines(bodies: pa.StringArray) -> pa.StringArray:
    trimmed = pc.utf8_trim_whitespace(bodies)
    lines = pc.list_element(pc.split_pattern(trimmed, "\n", max_splits=1), 0)
    lines = pc.utf8_slice_codeunits(lines, 0, MAX_READ)
    lines = _replaced_in_some(lines, "\x1b", _COLOURS, "")
    lines = _replaced_in_some(lines, " HTTP/", _ACCESS, r"\1<*> \2<*>")
    lines = pc.replace_substring_regex(lines, _VARIABLE, "<*>")
    return _bounded(pc.utf8_rtrim_whitespace(pc.replace_substring_regex(lines, _LIST, "<*>")))


def _replaced_in_some(texts: pa.StringArray, mark: str, regex: str, replacement: str) -> pa.StringArray:
    """Replaces only where `mark` stands at all: looking for it costs a tenth."""
    is_marked = pc.match_substring(texts, mark)
    return pc.replace_with_mask(
        texts, is_marked, pc.replace_substring_regex(texts.filter(is_marked), regex, replacement)
    )


def _bounded(texts: pa.StringArray) -> pa.StringArray:
    is_long = pc.greater(pc.utf8_length(texts), MAX_PATTERN)
    if not pc.any(is_long).as_py():
        return texts
    cut = pc.binary_join_element_wise(pc.utf8_slice_codeunits(texts, 0, MAX_PATTERN - 1), "…", "")
    return pc.if_else(is_long, cut, texts)
