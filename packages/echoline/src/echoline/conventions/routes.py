"""One spelling for the routes of all frameworks: `/api/recipes/{slug}`.

Understood are Django's paths and regexes, Flask, Bottle and Sanic, Starlette, Spring and JAX-RS, ASP.NET, Symfony and
Laravel, Express, Gin and Phoenix, Rails, Next.js, Go and Ktor. A parameter is `{name}`, one without a name `{arg}`,
whatever matches anything `*`. There is always a leading slash; a trailing one stays as it was given, because
frameworks tell the two apart.
"""

import re
from functools import lru_cache
from urllib.parse import quote

MAX_ROUTE = 1_000
"""Longest route that is read, in characters; the rest is cut off. Matching brackets is quadratic in this."""

_METHOD = re.compile(r"(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|TRACE|CONNECT|QUERY|ANY) +(?=\S)")
_NAME = re.compile(r"[A-Za-z_]\w*")
_QUANTIFIER = re.compile(r"(?:[*+?]|\{\d*,?\d*\})[?+]?")
_ANYTHING = re.compile(r"\(?\.[*+]\??\)?")
_GROUP = re.compile(r"\(\?(?:P?<(?P<name>[A-Za-z_]\w*)>|(?P<inline>:)|(?P<nothing>[=!a-zA-Z#-]|<[=!]))")
_OPTIONAL_PART = re.compile(r"\([^?\w]*[:*][A-Za-z_]|\([/.][\w/]*\)")
_SEGMENT_PARAMETER = re.compile(r"\[{1,2}(?:\.\.\.)?([A-Za-z_]\w*)\]{1,2}(?=/|$)")
# Flask and Django write <converter:name>, Bottle and Sanic <name:type>.
_CONVERTERS = frozenset(
    str.split("str string int float slug uuid path any default number alpha re regex date ymd datetime")
)
# What is dropped can bring two marks together that mean something side by side: `:^a`.
_ROUNDS = 4
_CLOSING = {"(": ")", "{": "}", "<": ">", "[": "]"}


def route(text: str) -> str:
    """The route in our spelling; spelling it twice changes nothing. "" stays ""."""
    return _route(text[:MAX_ROUTE])


@lru_cache(maxsize=4096)
def _route(text: str) -> str:
    spelled = _METHOD.sub("", text.strip(), count=1) if text else ""
    for _ in range(_ROUNDS if text else 0):
        before, spelled = spelled, _tidied("/" + _Reader(spelled).read())
        if spelled == before:
            break
    return spelled


def _tidied(path: str) -> str:
    path = re.sub(r"/{2,}", "/", path)
    path = re.sub(r"\.*\*[*+]*(?:/?\.*\*[*+]*)*", "*", path)
    return re.sub(r"\*(?=[A-Za-z_])", "{arg}", path)


class _Reader:
    """Reads one route from left to right; every method takes the index of a character and returns the next one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []

    def read(self) -> str:
        index = 0
        while index < len(self.text):
            step = _STEPS.get(self.text[index], _Reader.literal)
            index = step(self, index)
        return "".join(self.out)

    def literal(self, index: int) -> int:
        self.out.append(
            quote(self.text[index], safe="/-._~!$&',;=@%+:") if self.text[index] < "\x7f" else self.text[index]
        )
        return index + 1

    def parameter(self, name: str) -> None:
        found = _NAME.search(name)
        self.out.append(f"{{{found[0]}}}" if found else "{arg}")

    def skip_quantifier(self, index: int) -> int:
        found = _QUANTIFIER.match(self.text, index)
        return found.end() if found else index

    def closing(self, index: int) -> int:
        """Index of the bracket that closes the one at `index`; the end of the text when none does."""
        opening, depth, is_class = self.text[index], 0, False
        closing = _CLOSING[opening]
        while index < len(self.text):
            character = self.text[index]
            if character == "\\":
                index += 1
            elif is_class:
                is_class = character != "]"
            elif opening == "(" and character == "[":
                is_class = True
            elif character == opening:
                depth += 1
            elif character == closing:
                depth -= 1
                if not depth:
                    return index
            index += 1
        return len(self.text)

    def angle(self, index: int) -> int:
        """`<int:id>`, `<id>`, `<id:int>`, `<string(length=2):code>`."""
        end = self.closing(index)
        left, colon, right = re.sub(r"\([^()]*\)", "", self.text[index + 1 : end]).partition(":")
        is_typed_behind = left not in _CONVERTERS and right.partition(":")[0] in _CONVERTERS
        is_pattern_behind = bool(colon) and not _NAME.fullmatch(right.strip())
        self.parameter(left if not colon or is_typed_behind or is_pattern_behind else right)
        return end + 1

    def brace(self, index: int) -> int:
        r"""`{id}`, `{id:\d+}`, `{id?}`, `{*path}`, `{path...}`, `{/:id}`, and `{$}` which is the end."""
        end = self.closing(index)
        content = self.text[index + 1 : end]
        if content.startswith("/"):
            return index + 1
        if content in ("*", "**", "..."):
            self.out.append("*")
        elif content != "$":
            self.parameter(re.split(r"[:=<?]", content, maxsplit=1)[0])
        return end + 2 if self.text[end + 1 : end + 2] == "?" else end + 1

    def parenthesis(self, index: int) -> int:
        r"""`(?P<pk>\d+)`, `(?:page/)?`, `(\d+)`, `(.*)`, `(.:format)`."""
        end = self.closing(index)
        content = self.text[index + 1 : end]
        group = _GROUP.match(self.text, index)
        if group and group["name"]:
            self.parameter(group["name"])
        elif group and group["inline"] and ("|" not in content or "?P<" in content):
            return index + 3
        elif _ANYTHING.fullmatch(content):
            self.out.append("*")
        elif _OPTIONAL_PART.match(self.text, index):
            if not content.startswith(".:format"):
                return index + 1
        elif content and not (group and group["nothing"]):
            self.parameter("arg")
        return self.skip_quantifier(end + 1)

    def square(self, index: int) -> int:
        r"""`[\w-]+` matches anything; `/[id]` and `/[...slug]` are Next.js' parameters."""
        segment = _SEGMENT_PARAMETER.match(self.text, index)
        if segment:
            self.parameter(segment[1])
            return segment.end()
        end = self.closing(index)
        self.out.append("*")
        return self.skip_quantifier(end + 1)

    def colon(self, index: int) -> int:
        r"""`:id`, `:id(\\d+)`, `:id?`; behind a word or a parameter it is only a colon."""
        found = _NAME.match(self.text, index + 1)
        before = self.out[-1][-1] if self.out else "/"
        if not found or before.isalnum() or before == "}":
            return self.literal(index)
        self.parameter(found[0])
        end = found.end()
        if self.text[end : end + 1] == "(":
            end = self.closing(end) + 1
        return self.skip_quantifier(end)

    def star(self, index: int) -> int:
        """`*`, `**`, `*path`."""
        while self.text[index : index + 1] == "*":
            index += 1
        found = _NAME.match(self.text, index)
        if found:
            self.parameter(found[0])
            return found.end()
        self.out.append("*")
        return index

    def dot(self, index: int) -> int:
        found = _ANYTHING.match(self.text, index)
        if not found:
            return self.literal(index)
        self.out.append("*")
        return found.end()

    def backslash(self, index: int) -> int:
        r"""`\d+` matches anything, `\Z` is an end, `\.` is a dot."""
        escaped = self.text[index + 1 : index + 2]
        if escaped in ("d", "w", "s", "S", "D", "W"):
            self.out.append("*")
            return self.skip_quantifier(index + 2)
        if escaped and escaped not in ("A", "Z", "z", "b", "B", "\\"):
            self.out.append(escaped if escaped in "/-._~" or escaped.isalnum() else quote(escaped, safe=""))
        return index + 2

    def anchor(self, index: int) -> int:
        """`^`, `$` at an end; `$` before a word is OData's."""
        is_word = self.text[index] == "$" and self.text[index + 1 : index + 2].isalpha()
        return self.literal(index) if is_word else index + 1

    def question(self, index: int) -> int:
        """Makes what stands before it optional: a slash goes, anything else stays."""
        if self.out and self.out[-1] == "/":
            self.out.pop()
        return index + 1

    def end(self, index: int) -> int:
        """A bracket whose inside was read as part of the route, or that closes nothing."""
        return self.skip_quantifier(index + 1)


_STEPS = {
    "<": _Reader.angle,
    "{": _Reader.brace,
    "(": _Reader.parenthesis,
    "[": _Reader.square,
    ":": _Reader.colon,
    "*": _Reader.star,
    ".": _Reader.dot,
    "\\": _Reader.backslash,
    "^": _Reader.anchor,
    "$": _Reader.anchor,
    "?": _Reader.question,
    ")": _Reader.end,
    "]": _Reader.end,
    "}": _Reader.end,
    ">": _Reader.end,
}
