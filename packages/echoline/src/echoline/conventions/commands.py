"""The skeleton of what databases without SQL are asked: commands of Redis, documents of MongoDB, and the like."""

import re
from functools import lru_cache

from echoline.conventions.sql import MAX_READ, fingerprint, without_numbers

MAX_COMMANDS = 8
"""Commands of a pipeline that are shown."""
MAX_DOCUMENT = 2_000
"""Longest skeleton of a document in characters; a longer one ends with … and a hash of the whole."""
MAX_ELEMENT = 64
"""Longest element of an array, in tokens, that is compared with the one before it."""

# The second word of these is part of the command.
_TWO_WORDS = frozenset(
    str.split(
        """
        ACL CLIENT CLUSTER COMMAND CONFIG DEBUG FUNCTION LATENCY MEMORY MODULE OBJECT PUBSUB SCRIPT SENTINEL
        SLOWLOG XGROUP XINFO
        """
    )
)
_WORD = re.compile(r"[A-Za-z][A-Za-z_.]{0,31}")
# What MongoDB calls the collection: the value of the first key.
_COLLECTION_KEYS = frozenset(
    str.split(
        """
        aggregate collStats count create createIndexes delete distinct drop dropIndexes find findAndModify
        insert listIndexes mapReduce update
        """
    )
)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|\'(?:[^\'\\]|\\.)*+\'?|[\[\]{},:()]|[^\s\[\]{},:()"\']+', re.DOTALL)
_NAME = re.compile(r"[A-Za-z_$][\w.$-]{0,63}")
_ENDS = frozenset("]})")
_BEGINS = frozenset("[{(")


def commands(text: str) -> str:
    """`HSET user:1 name x` as `HSET ?`; the lines of a pipeline are joined, what is repeated in a row stands once."""
    return _commands(text[:MAX_READ])


@lru_cache(maxsize=1024)
def _commands(text: str) -> str:
    spelled: list[str] = []
    for line in text.splitlines():
        command = _command(line.split(maxsplit=2))
        if command not in ("", *spelled[-1:]):
            spelled.append(command)
    return "; ".join(spelled[:MAX_COMMANDS]) + ("; …" if len(spelled) > MAX_COMMANDS else "")


def _command(words: list[str]) -> str:
    if not words:
        return ""
    if not _WORD.fullmatch(words[0]):
        return "?"
    known = [words[0].upper()]
    if known[0] in _TWO_WORDS and len(words) > 1 and _WORD.fullmatch(words[1]):
        known.append(words[1].upper())
    return " ".join([*known, "?"] if len(words) > len(known) else known)


def document(text: str) -> str:
    """`{"find":"users","filter":{"_id":7}}` as `{find: users, filter: {_id: ?}}`.

    Up to two words before the first bracket stay (`find users`); equal elements of an array stand once.
    """
    return _document(text[:MAX_READ])


@lru_cache(maxsize=1024)
def _document(text: str) -> str:
    written = _Document(_TOKEN.findall(text)).write()
    return written if len(written) <= MAX_DOCUMENT else f"{written[: MAX_DOCUMENT - 10]}… #{fingerprint(written)}"


class _Document:
    """Writes keys and brackets, and `?` for values."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.out: list[str] = []
        # One entry per open bracket and one for the top: where the previous element and the present one began.
        self.elements: list[tuple[int, int]] = [(0, 0)]

    def write(self) -> str:
        for index, word in enumerate(self.words):
            if word in _BEGINS:
                self.out.append(word)
                self.elements.append((len(self.out), len(self.out)))
            elif word in _ENDS:
                self.end_element()
                if len(self.elements) > 1:
                    self.elements.pop()
                if self.out[-1:] == [","]:
                    self.out.pop()
                self.out.append(word)
            elif word == ",":
                self.end_element()
            else:
                self.out.append(word if word == ":" else self.name_or_value(word, self.words[index + 1 : index + 2]))
        return self.laid_out()

    def end_element(self) -> None:
        """Takes back an element that equals the one before it; else a comma follows."""
        previous, present = self.elements[-1]
        element = self.out[present:]
        if not element:
            return
        is_again = len(element) <= MAX_ELEMENT and self.out[previous : present - 1] == element
        if is_again:
            del self.out[present:]
        else:
            self.out.append(",")
            self.elements[-1] = (present, len(self.out))

    def name_or_value(self, word: str, behind: list[str]) -> str:
        name = word.strip("\"'")
        is_key = behind == [":"] and self.out[-1:] != [":"]
        is_leading_word = len(self.elements) == 1 and len(self.out) < 2 and word == name
        is_collection = self.out[0:1] == ["{"] and len(self.out) == 3 and self.out[1] in _COLLECTION_KEYS
        is_kept = (is_key or is_leading_word or is_collection) and _NAME.fullmatch(name)
        return without_numbers(name) if is_kept else "?"

    def laid_out(self) -> str:
        pieces: list[str] = []
        before = "["
        for word in self.out:
            is_tight = before in _BEGINS or word in _ENDS or word in ",:(" or before == ")"
            pieces.append(word if is_tight else f" {word}")
            before = word
        return "".join(pieces).rstrip(",")
