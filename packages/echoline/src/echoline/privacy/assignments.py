"""Secrets that stand behind their name in a text: `password=…`, `"apiKey": "…"`, `--token …`, `Cookie: …`.

The name decides, as `key_names` reads it; what follows it decides how far the value goes.
"""

import re
from collections.abc import Iterator
from typing import Any

import re2

from echoline.privacy.findings import Finding
from echoline.privacy.key_names import secret_kind, words
from echoline.privacy.placeholders import is_placeholder

_OWNERS = (
    "api|access|private|secret|signing|encryption|decryption|encrypt|master|account|storage|shared|ssh|auth"
    "|application|subscription|webhook|deploy|hmac|session|recovery|license|rsa|aes"
)
_STEM = (
    "(?i:pass|pwd|secret|senha|contrase|kennwort|token|jwt|otp|cvv|cvc|ssn|[cx]srf|credential|cookie|sess|auth|sid|pin"
    rf"|sig|keytab|(?:{_OWNERS})[._\- ]?key"
    r"|(?:verification|mfa|sms|recovery|backup|security|activation)[._\- ]?code)"
)
_LETTER = r"[\w.\x{80}-\x{ffff}-]"
_NAME = rf"{_LETTER}*{_STEM}{_LETTER}*"
_QUOTES = r"[\"'\x60\]\\]{0,6}"
# What joins name and value: = : => :=, a `value` field behind a `name` field, the parts of a form, Postgres' `)=(`.
_JOINED = rf"({_NAME})({_QUOTES}(?:\s*,?\s*{_QUOTES}(?i:value){_QUOTES})?\s*(?:=>|:=|=|:)[\s+]*|[\"']\r?\n\r?\n|\)=\()"
_FLAG = rf"--({_NAME})(?:[\"'\\]+,\s*|[\s+]+)"
_ELEMENT = rf"<({_NAME})>"
_HEADER = r"((?i:(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-auth-token))[\"'\\]+,\s*"
ASSIGNMENT_HINT = "|".join((_JOINED, _FLAG, _ELEMENT, _HEADER))
_ASSIGNMENT = re2.compile(ASSIGNMENT_HINT)

_QUOTE = re.compile(r"[bruf]{0,2}(\\*[\"'`])")
_END = r"\s&;,\"'<>|)}\]\\"
_BARE = re.compile(rf"(?:[^{_END}]|\\(?![nrt\"'\\]))+")
_SCHEME = r"[A-Za-z][\w-]{2,20}(?:[ \t+]|\r?\n[ \t])+(?![\w-]+(?::|=[^=\s]))"
_CREDENTIAL = re.compile(
    rf"(?:Digest|AWS4-HMAC-SHA256|OAuth|Hawk|Signature)\s[^\r\n<>]+|(?:{_SCHEME})?[^{_END}]+", re.IGNORECASE
)
_COOKIE = r"[^\s=;,\"'\\]{1,256}=[^;\s\"'\\]*"
_COOKIES = re.compile(rf"{_COOKIE}(?:;[\s+]*(?:{_COOKIE}|[\w-]+))*|[^{_END}]{{1,4096}}")
_PASSWORD_WORDS = ("password", "passwd", "passphrase", "passcode", "pwd", "pass", "senha", "wort", "pin")
_QUERY_NAMES = {"sig", "signature", "x-amz-signature", "x-goog-signature", "auth", "session"}

# Source lines in stack traces: a call, a subscript, a dotted name that begins like one, a type.
_BRACKETS = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[\[\]{}]")
_CALL = re.compile(r"[A-Za-z_][\w.]*[(\[]")
_CODE = re.compile(
    r"(?:self|cls|os|settings|config|request|form|data|user|ctx|args|kwargs|options|params|env|process|this|app"
    r"|current_app|session|payload|body|event|props|state|secrets|credentials)(?:\.[A-Za-z_]\w*)+"
    r"|(?:str|int|bytes|bool|float|char|text|varchar|Option|Optional|String|SecretStr|Any|string|number|boolean|Form"
    r"|Depends|Header|Query)[!?]?",
    re.IGNORECASE,
)


def find_assignments(text: str) -> Iterator[Finding]:
    """Values whose name says that they are secret, a cookie or an authorization."""
    done = 0
    for match in _ASSIGNMENT.finditer(text):
        if match.start() < done:
            continue
        place = next(group for group in (1, 3, 4, 5) if match.span(group) != (-1, -1))
        name, start = match[place], match.start(place)
        kind = secret_kind(name)
        in_query = text[max(0, start - 1) : start] in {"?", "&"}
        if kind is None and in_query and name.lower() in _QUERY_NAMES:
            kind = "secret"
        if kind and (span := _value(text, match.end(), kind, name, _join(match, in_query))):
            done = span[1]
            yield Finding(kind, *span, text[slice(*span)])


def _join(match: Any, in_query: bool) -> str:
    """How name and value are joined, as one sign: ? in a query, > in an element, : or = or a blank elsewhere."""
    if in_query:
        return "?"
    return ">" if match.span(4) != (-1, -1) else (match[2] or " ").strip()[-1:] or " "


def _value(text: str, at: int, kind: str, name: str, join: str) -> tuple[int, int] | None:
    """Where the value goes from `at`; None when there is none, or only the place of one."""
    if quote := _QUOTE.match(text, at):
        start, end = quote.end(), _closing(text, quote.end(), quote[1])
        is_column = quote[1] == '"' and text[end + 1 : end + 3] == '."'  # "session"."token" = "other"."token"
        return None if is_column or is_placeholder(text[start:end]) else (start, end)
    if text[at : at + 1] in {"{", "["} and (end := _balanced(text, at)) > at + 2:
        return None if is_placeholder(text[at:end]) else (at, end)
    if join == ">":
        end = text.find("<", at)
        return (at, end) if end > at and not is_placeholder(text[at:end].strip()) else None
    if join != "?" and (_CALL.match(text, at) or (join == ":" and "\n" in text[at - 2 : at])):
        return None
    pattern = {"cookie": _COOKIES, "authorization": _CREDENTIAL}.get(kind, _BARE)
    found = pattern.match(text, at)
    if not found or is_placeholder(found[0]) or (join != "?" and _is_said(found, name, kind, join)):
        return None
    return found.span()


def _is_said(found: re.Match[str], name: str, kind: str, join: str) -> bool:
    """Whether a bare word behind a name is prose or code: `token: expired`, `password=form.password`."""
    value, behind = found[0], found.string[found.end() : found.end() + 1]
    if _CODE.fullmatch(value) or words(value) == words(name):
        return True
    if value.isidentifier() and "_" in value and behind in {")", ","} and secret_kind(value):
        return True
    if kind == "cookie" and "=" not in value:
        return True
    is_word = value.isalpha() and len(value) < 16
    return join != "=" and is_word and not words(name)[-1].endswith(_PASSWORD_WORDS)


def _closing(text: str, at: int, quote: str) -> int:
    """Where a quoted value ends: at its own quote, escaped as often as the opening one, else with the text."""
    escaped = quote[:-1]
    pattern = rf"(?<!\\){re.escape(quote)}" if escaped else rf"(?<!\\)(?:\\\\)*{re.escape(quote)}"
    match = re.compile(pattern).search(text, at)
    return match.end() - len(quote) if match else len(text)


def _balanced(text: str, at: int) -> int:
    """The end of the brackets that open at `at`; the end of the text when they are not closed."""
    depth = 0
    for match in _BRACKETS.finditer(text, at):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return len(text)
