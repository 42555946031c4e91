"""The skeleton of a statement: what stays of it when every literal is `?`, so that calls of one query are one query.

Lists of literals become one (`IN (?)`, `VALUES (?)`), comments go (sqlcommenter's too), keywords are upper case, white
space is even, names of savepoints and long numbers in names are left out. Names stay as they are written.
"""

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache

from echoline.conventions.sql_tokens import Dialect, dialect, tokens

MAX_READ = 16_384
"""Characters of a statement that are read; what stands behind them does not tell two queries apart."""
MAX_SHORT = 2_048
"""Longest statement in characters of which many are remembered."""
MAX_SKELETON = 8_000
"""Longest skeleton in characters; a longer one ends with … and a hash of the whole."""
MAX_WORD = 64
"""Longest word that is remembered."""
MAX_REPEATED = 64
"""Longest condition, in tokens, whose repetitions behind OR are recognised: comparing longer ones would take long."""

_KEYWORDS = frozenset(
    str.split(
        """
        ADD ALL ALTER ANALYZE AND ANY AS ASC BEGIN BETWEEN BY CASE CHECK COLLATE COLUMN COMMIT CONFLICT
        CONSTRAINT CREATE CROSS DEFAULT DELETE DESC DISTINCT DO DROP DUPLICATE ELSE END ESCAPE EXCEPT EXISTS
        EXPLAIN FALSE FETCH FOR FOREIGN FROM FULL GROUP HAVING IF IGNORE ILIKE IN INDEX INNER INSERT INTERSECT
        INTERVAL INTO IS JOIN KEY LATERAL LEFT LIKE LIMIT MATCH MERGE NATURAL NOT NOTHING NULL OFFSET ON
        OPTIONAL OR ORDER OUTER OVER PARTITION PRIMARY PROCEDURE RECURSIVE REFERENCES RELEASE REPLACE RETURN
        RETURNING RIGHT ROLLBACK ROWS SAVEPOINT SELECT SET SOME TABLE THEN TO TRUE TRUNCATE UNION UNIQUE
        UPDATE USING VALUES VIEW WHEN WHERE WINDOW WITH
        """
    )
)
# Words that are keywords at the beginning only; elsewhere somebody's column may be called so.
_VERBS = frozenset(
    str.split(
        """
        ABORT ATTACH CALL CLOSE COMMENT COPY DEALLOCATE DECLARE DESCRIBE DETACH DISCARD EXEC EXECUTE GRANT
        KILL LISTEN LOAD LOCK NOTIFY OPTIMIZE PRAGMA PREPARE REFRESH REINDEX RENAME RESET REVOKE SHOW START
        UNLISTEN UNLOCK UPSERT USE VACUUM XA
        """
    )
)
_VALUES = frozenset(["?", "NULL", "TRUE", "FALSE", "DEFAULT", ",", ":", "+", "-"])
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_TABLE_WORDS = frozenset(
    ["INTO", "TABLE", "REFERENCES", "ON", "EXISTS", "VIEW", "UPDATE", "INDEX", "CONSTRAINT", "USING"]
)
_TIGHT_BEFORE = frozenset([",", ")", "]", "}", ".", ";", "::"])
_TIGHT_BEHIND = frozenset(["(", "[", "{", ".", "::"])
_TYPE_TAILS = frozenset(["VARYING", "PRECISION", "WITH", "WITHOUT", "TIME", "LOCAL", "ZONE"])
_TWO_CASES = ["WHEN", "?", "THEN", "?"] * 2
_LONG_NUMBER = re.compile(r"\d{5}|(?<![0-9a-f])(?=[a-f]*+\d)[0-9a-f]{16}")
_NUMBERS = re.compile(r"(?<![0-9a-f])(?=[a-f]*+\d)[0-9a-f]{16,}|\d+")


def skeleton(text: str, system: str = "") -> str:
    """The skeleton of a statement of a system named as in `db.system.name`; "" when it says nothing.

    Making a skeleton of a skeleton changes nothing.
    """
    spoken = dialect(system)
    return _of_short(text, spoken) if len(text) <= MAX_SHORT else _of_long(text[:MAX_READ], spoken)


def _written(text: str, spoken: Dialect) -> str:
    written = _Writer(tokens(text, spoken), spoken).write()
    return written if len(written) <= MAX_SKELETON else f"{written[: MAX_SKELETON - 10]}… #{fingerprint(written)}"


# Two caches, so that many may be remembered and long ones never take more than some megabytes.
_of_short = lru_cache(maxsize=8192)(_written)
_of_long = lru_cache(maxsize=512)(_written)


def fingerprint(text: str) -> str:
    """Six hex digits that tell apart two texts which were shortened to the same."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:6]


class _Group:
    """An open bracket: where it stands in the output and what it has held so far."""

    def __init__(self, start: int, *, is_list: bool, is_row: bool) -> None:
        self.start = start
        self.is_list = is_list
        self.is_row = is_row
        self.is_values = True


class _Writer:
    """Writes the skeleton token by word; most methods take the index of a word and return the next one's."""

    def __init__(self, words: list[str], spoken: Dialect) -> None:
        self.words = words
        self.out: list[str] = []
        self.groups: list[_Group] = []
        self.steps = _STEPS | ({'"': _Writer.literal} if spoken.double_quoted_text else {})
        self.tight_before = _TIGHT_BEFORE if spoken.colon_names else _TIGHT_BEFORE | {":"}
        self.tight_behind = _TIGHT_BEHIND if spoken.colon_names else _TIGHT_BEHIND | {":"}

    def write(self) -> str:
        index, words, steps = 0, self.words, self.steps
        while index < len(words):
            index = steps.get(words[index][0], _Writer.word)(self, index)
        while self.groups:
            self.collapse(self.groups.pop())
        while self.out and self.out[-1] in (";", ","):
            self.out.pop()
        return self.joined()

    def put(self, word: str) -> None:
        if self.groups and word not in _VALUES:
            self.groups[-1].is_values = False
        self.out.append(word)

    def word(self, index: int) -> int:
        word, before = self.words[index], self.out[-1] if self.out else ";"
        spelled, upper, is_keyword, is_verb = _word(word) if len(word) <= MAX_WORD else _word.__wrapped__(word)
        if "'" in word or "-" in word:
            return self.literal(index)
        is_savepoint = before in ("SAVEPOINT", "RELEASE") or (before == "TO" and self.out[-2:-1] == ["ROLLBACK"])
        if is_savepoint and upper != "SAVEPOINT":
            return self.literal(index)
        self.put(upper if (is_keyword and before != ".") or (is_verb and before == ";") else spelled)
        return index + 1

    def quoted(self, index: int) -> int:
        """A quoted name; one that is never closed may have swallowed anything."""
        word = self.words[index]
        is_open = word.count(word[0]) % 2
        if is_open or (self.out and self.out[-1] in ("SAVEPOINT", "RELEASE", "TO")):
            return self.literal(index)
        self.put(without_numbers(word))
        return index + 1

    def literal(self, index: int) -> int:
        out = self.out
        while out and out[-1] in ("-", "+") and not (len(out) > 1 and _is_operand(out[-2])):
            out.pop()
        if not out or out[-1] != "?":
            out.append("?")
        if out[-8:] == _TWO_CASES:
            del out[-4:]
        return index + 1

    def sign(self, index: int) -> int:
        """`$1`, `:name`, `@p1`, `%(name)s` and `.5`, or an operator."""
        word = self.words[index]
        if len(word) > 1 and (word[0] in "$." or word[1].isalnum() or word[1] in "_({"):
            return self.literal(index)
        self.put("%" if word == "%%" else word)
        return index + 1

    def hash(self, index: int) -> int:
        """`#temp`, `#{x}` or an operator."""
        word = self.words[index]
        if word[1:2] == "{":
            return self.literal(index)
        self.put(without_numbers(word))
        return index + 1

    def bracket(self, index: int) -> int:
        """`[name]` or `{x:Int8}` where the dialect has it, else the beginning of an array or a map."""
        word = self.words[index]
        if len(word) == 1:
            return self.open(index)
        if word[0] == "{" or word[-1] != "]":
            return self.literal(index)
        self.put(without_numbers(word))
        return index + 1

    def colon(self, index: int) -> int:
        """`?::timestamp(3) with time zone[]` is as good as `?`; else a placeholder or an operator."""
        if self.words[index] != "::" or self.out[-1:] != ["?"]:
            return self.sign(index)
        words, index = self.words, index + 2
        while index < len(words):
            if words[index] == ".":
                index += 2
            elif words[index].upper() in _TYPE_TAILS:
                index += 1
            elif words[index] == "(":
                index = self.behind_bracket(index)
            elif words[index : index + 2] == ["[", "]"]:
                index += 2
            else:
                break
        return index

    def open(self, index: int) -> int:
        before = self.out[-1] if self.out else ";"
        is_call = self.words[index] == "(" and _is_name(before)
        self.groups.append(_Group(len(self.out), is_list=not is_call, is_row=before == "VALUES"))
        self.out.append(self.words[index])
        return index + 1

    def close(self, index: int) -> int:
        group = self.groups.pop() if self.groups else None
        if group is None or not self.collapse(group):
            self.put(self.words[index])
        else:
            self.out.append(self.words[index])
        if group is not None:
            self.merge_with_previous(group.start)
        return self.behind_rows(index + 1) if group is not None and group.is_row else index + 1

    def collapse(self, group: _Group) -> bool:
        """Makes a list of nothing but literals one literal; else its parent holds more than literals too."""
        if group.is_list and group.is_values and len(self.out) > group.start + 1:
            self.out[group.start + 1 :] = ["?"]
            return True
        if self.groups:
            self.groups[-1].is_values = False
        return False

    def merge_with_previous(self, start: int) -> None:
        """`(?), (?)` is `(?)`, and `(a = ?) OR (a = ?)` is `(a = ?)`: how many there were is chance."""
        out, length = self.out, len(self.out) - start
        is_repeatable = out[start - 1 : start] == ["OR"] or (out[start - 1 : start] == [","] and out[start + 1] == "?")
        if is_repeatable and length <= MAX_REPEATED and out[start - 1 - length : start - 1] == out[start:]:
            del out[start - 1 :]

    def behind_rows(self, index: int) -> int:
        """Further rows of VALUES say nothing new."""
        while self.words[index : index + 2] == [",", "("]:
            index = self.behind_bracket(index + 1)
        return index

    def behind_bracket(self, index: int) -> int:
        depth = 0
        while index < len(self.words):
            depth += (self.words[index] in _OPENING) - (self.words[index] in _CLOSING)
            index += 1
            if not depth:
                break
        return index

    def joined(self) -> str:
        """One space between two words, none inside brackets, before a comma, around a dot, behind a function's name."""
        pieces: list[str] = []
        before, before_name = "(", ""
        for word in self.out:
            if word in self.tight_before or before in self.tight_behind or _is_called(word, before, before_name):
                pieces.append(word)
            else:
                pieces += (" ", word)
                if before != ".":
                    before_name = before
            before = word
        return "".join(pieces)


_STEPS: dict[str, Callable[[_Writer, int], int]] = {
    **dict.fromkeys("0123456789'?", _Writer.literal),
    **dict.fromkeys('"`', _Writer.quoted),
    **dict.fromkeys("(", _Writer.open),
    **dict.fromkeys(")]}", _Writer.close),
    **dict.fromkeys("[{", _Writer.bracket),
    "#": _Writer.hash,
    ":": _Writer.colon,
    **dict.fromkeys("$@%.,;*/+-=<>!~|&^\\", _Writer.sign),
}


@lru_cache(maxsize=16_384)
def _word(word: str) -> tuple[str, str, bool, bool]:
    """A bare word without long numbers, in capitals, whether it is a keyword, whether it is one at the beginning."""
    upper = word.upper()
    return without_numbers(word), upper, upper in _KEYWORDS, upper in _VERBS


def _is_name(word: str) -> bool:
    return (word[0].isalpha() or word[0] in '_"`[@#') and word not in _KEYWORDS and word != "["


def _is_operand(word: str) -> bool:
    return word in ("?", ")", "]") or _is_name(word)


def _is_called(word: str, before: str, before_name: str) -> bool:
    """Whether a bracket belongs to the name before it: `count(x)`, `ARRAY[?]`, but `INTO t (a, b)`."""
    if word == "(":
        return _is_name(before) and before_name not in _TABLE_WORDS
    return word == "[" and (_is_operand(before) or before.upper() == "ARRAY")


def without_numbers(name: str) -> str:
    """`tmp_1699999999_3` as `tmp_N_N`; short numbers alone stay, they belong to the name."""
    return _NUMBERS.sub("N", name) if _LONG_NUMBER.search(name) else name
