"""Credentials that stand in a text without a name: in URLs and connection strings, behind Bearer and Basic."""

import base64
import binascii
import re
from collections.abc import Iterator

from echoline.privacy.findings import Finding
from echoline.privacy.placeholders import is_placeholder

_USERINFO = re.compile(r"(?<=://)([^\s/?#:@\"'<>]{0,256}):([^\s/\"'<>]{1,256})@(?=[\w\[({$%.-])")
_DSN = re.compile(r"(?<![\w:/@])([\w.-]{1,64}):([^\s/@:\"'<>]{1,256})@(?=(?:tcp|tcp6|unix)\()")
_USER_FLAG = re.compile(r"(?<!\S)(?:-u|--user)[\s=]{1,4}[\"']?([^\s:\"']{1,64}):([^\s\"']{1,256})")
_TOKEN_USER = re.compile(r"(?<=://)([\w.~%-]{16,512})@(?=[\w\[.-])")
CONNECTION_HINT = r"://[^\s/\"'<>]*@|:[^\s/@:\"'<>]+@(?:tcp|unix)|(?:-u|--user)[\s=]+[\"']?[^\s:\"']+:"
_PORT = re.compile(r"\d{1,5}[?#]")  # http://host:8080?mail=… is no password

_SCHEME = re.compile(
    r"(?<![A-Za-z])(Bearer|Basic|Token|ApiKey|Negotiate)[\s+]+([\w.~+/-]{8,}=*)", re.IGNORECASE | re.ASCII
)
SCHEME_HINT = r"(?i:bearer|basic|token|apikey|negotiate)[\s+]+[\w.~+/-]{8}"


def find_connections(text: str) -> Iterator[Finding]:
    """Passwords of URLs (`postgres://shop:…@db/shop`), MySQL's DSNs and `curl -u`, and tokens that are a URL's user."""
    for pattern in (_USERINFO, _DSN, _USER_FLAG):
        for match in pattern.finditer(text):
            is_ids = pattern is _USER_FLAG and match[2].isdigit()  # docker run --user 1000:1000
            if not is_placeholder(match[2]) and not _PORT.match(match[2]) and not is_ids:
                yield Finding("connection", match.start(2), match.end(2), match[2])
    for match in _TOKEN_USER.finditer(text):
        if any(letter.isdigit() for letter in match[1]):
            yield Finding("connection", match.start(1), match.end(1), match[1])


def find_schemes(text: str) -> Iterator[Finding]:
    """What follows Bearer, Basic or Token in a text, when it looks like a credential and not like a word."""
    for match in _SCHEME.finditer(text):
        scheme, credential = match[1].lower(), match[2]
        if _is_basic(credential) if scheme == "basic" else _is_random(credential):
            yield Finding("authorization", match.start(2), match.end(2), credential)


def _is_random(text: str) -> bool:
    mixed = any(letter.isdigit() for letter in text) and any(letter.isalpha() for letter in text)
    return mixed and len(text) >= 12


def _is_basic(text: str) -> bool:
    try:
        return b":" in base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
