"""The skeleton of whatever `db.query.text` holds; `db.system.name` tells the language."""

import pyarrow as pa
import pyarrow.compute as pc

from echoline.conventions.commands import commands, document
from echoline.conventions.sql import skeleton

_COMMAND_SYSTEMS = frozenset(["redis", "valkey", "keydb", "dragonfly", "memcached"])
_DOCUMENT_SYSTEMS = frozenset(["mongodb", "elasticsearch", "opensearch", "couchdb", "aws.dynamodb", "gcp.firestore"])

# Taking literals out of all statements at once costs 2 µs each, a skeleton some 50: worth it where programs write
# values into their statements. It is right only where no dialect sees anything but literals: without comments, escapes,
# dollars, brackets and backticks, with plain names in double quotes, and each text behind one of the marks below.
_PLAIN = r"""^(?:[^'"\\$#`/\-{\[]|[/-][\w\s().]|"[\w.]*"|[\s=(,<>+*/]'(?:[^'\\]|'')*')*$"""
_ODD = r"\d(?:\.(?:\D|$)|\.\d+\.|[eE][+-])|[\d']:\w"
_LITERAL = r"""([\s=(,<>+*/])(?:\d+(?:\.\d+)?\b|'(?:[^']|'')*')"""


def statement(text: str, system: str = "") -> str:
    """What stays of one statement when its values are left out; "" when it says nothing.

    A system that nobody has heard of is taken to speak SQL.
    """
    if system in _COMMAND_SYSTEMS:
        return commands(text)
    if system in _DOCUMENT_SYSTEMS:
        return document(text)
    return skeleton(text, system)


def statements(texts: pa.StringArray, system: str = "") -> pa.StringArray:
    """The same for many distinct statements of one system, in their order."""
    if system not in _COMMAND_SYSTEMS and system not in _DOCUMENT_SYSTEMS:
        texts = _without_literals(texts)
    encoded = texts.dictionary_encode()
    written = pa.array([statement(text, system) for text in encoded.dictionary.to_pylist()], pa.string())
    return written.take(encoded.indices)


def _without_literals(texts: pa.StringArray) -> pa.StringArray:
    is_odd = pc.or_(pc.invert(pc.match_substring_regex(texts, _PLAIN)), pc.match_substring_regex(texts, _ODD))
    return pc.if_else(is_odd, texts, pc.replace_substring_regex(texts, _LITERAL, r"\1? "))
