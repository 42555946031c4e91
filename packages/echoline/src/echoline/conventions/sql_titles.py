"""A short name for a skeleton: lists of columns and joins go first; what a query reads from and by tells it apart."""

import re
from functools import lru_cache

from echoline.conventions.sql import fingerprint

MAX_WHOLE = 120
"""Skeletons up to this length in characters are their own title."""
MAX_TITLE = 200
"""Longest title in characters, without its hash."""
MAX_LIST = 40
"""Longest list of columns that stays in a shortened title."""

_PIECES = re.compile(r'"[^"]*"?|`[^`]*`?|[()]|\s+|[^\s()"`]+')
_ENDS_LIST = frozenset(["FROM", "UNION", "EXCEPT", "INTERSECT", "WHERE", "GROUP", "ORDER", "LIMIT", "RETURNING"])
_BEFORE_COLUMNS = frozenset(["INTO", "TABLE"])


@lru_cache(maxsize=2048)
def title(skeleton: str) -> str:
    """The skeleton, or what fits of it with a hash of the whole: `SELECT … FROM t WHERE t.id = ? #1f3a9c`."""
    if len(skeleton) <= MAX_WHOLE:
        return skeleton
    short = _Shortener().shorten(skeleton)
    if len(short) > MAX_TITLE:
        short = short[: MAX_TITLE - 2].rsplit(" ", 1)[0] + " …"
    return f"{short} #{fingerprint(skeleton)}"


class _Shortener:
    """Copies pieces; at the end of a list of columns that grew long it puts … in the place of the list."""

    def __init__(self) -> None:
        self.out: list[str] = []
        # One entry per open bracket: where a list of columns or joins began in it, and where it holds columns itself.
        self.lists: list[int | None] = [None]
        self.brackets: list[int | None] = []

    def shorten(self, skeleton: str) -> str:
        words = ["", ""]
        for piece in _PIECES.findall(skeleton):
            if piece == "(":
                self.brackets.append(len(self.out) + 1 if words[-2] in _BEFORE_COLUMNS else None)
                self.lists.append(None)
            elif piece == ")" and self.brackets:
                self.end(self.lists.pop())
                self.end(self.brackets.pop(), around="")
            elif piece in _ENDS_LIST:
                self.end(self.lists[-1])
                self.lists[-1] = None
            self.out.append(piece)
            if piece == "SELECT" or (piece == "JOIN" and self.lists[-1] is None):
                self.lists[-1] = len(self.out)
            if not piece.isspace():
                words = [words[-1], piece]
        while self.lists:
            self.end(self.lists.pop())
        return "".join(self.out)

    def end(self, start: int | None, around: str = " ") -> None:
        if start is not None and sum(map(len, self.out[start:])) > MAX_LIST:
            self.out[start:] = [f"{around}…{around}"]
