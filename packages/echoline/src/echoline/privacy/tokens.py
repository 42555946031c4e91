"""Keys and tokens whose provider marks them by their shape, JSON web tokens, and private keys.

White space inside them (wrapped lines, `+` of a form) does not hide them.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from echoline.privacy.findings import Finding

_GAP, _ANY_GAP = r"[\s+]{0,40}", r"[\s+]*"
_ALNUM, _URL_SAFE, _HEX = "A-Za-z0-9", r"\w-", "0-9a-fA-F"


@dataclass(frozen=True)
class _Shape:
    """A token: one of some prefixes, then at least `length` letters of a set."""

    prefixes: tuple[str, ...]
    letters: str
    length: int
    is_short: bool = False  # the prefix also ends or begins words: it must stand free and be followed by a digit


_SHAPES = (
    _Shape(("AKIA", "ASIA", "ABIA", "ACCA"), "A-Z0-9", 16),
    _Shape(("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), _ALNUM, 36),
    _Shape(("github_pat_",), r"\w", 22),
    _Shape(("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glsoat-", "glagent-"), _URL_SAFE, 20),
    _Shape(("xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-"), "A-Za-z0-9-", 10),
    _Shape(("hooks.slack.com/services/", "hooks.slack.com/workflows/"), r"\w/-", 20),
    _Shape(("discord.com/api/webhooks/", "discordapp.com/api/webhooks/"), r"\w/-", 40),
    _Shape(("sk_live_", "sk_test_", "rk_live_", "rk_test_"), _ALNUM, 10),
    _Shape(("whsec_",), "A-Za-z0-9/=", 24),
    _Shape(("AIza",), _URL_SAFE, 35),
    _Shape(("ya29.", "GOCSPX-", "1//0"), _URL_SAFE, 20),
    _Shape(("sk-ant-", "sk-proj-", "sk-or-v1-", "sk-svcacct-"), _URL_SAFE, 20),
    _Shape(("sk-",), _URL_SAFE, 20, is_short=True),
    _Shape(("hf_", "r8_", "gsk_", "xai-", "pplx-"), _ALNUM, 30, is_short=True),
    _Shape(("npm_",), _ALNUM, 36),
    _Shape(("pypi-",), _URL_SAFE, 50),
    _Shape(("rubygems_",), _HEX, 48),
    _Shape(("dckr_pat_", "dckr_oat_"), _URL_SAFE, 27),
    _Shape(("SG.",), r"\w.-", 40, is_short=True),
    _Shape(("SK", "AC"), "0-9a-f", 32, is_short=True),
    _Shape(("key-",), "0-9a-f", 32, is_short=True),
    _Shape(("dop_v1_", "doo_v1_", "dor_v1_"), "0-9a-f", 64),
    _Shape(("HRKU-",), _URL_SAFE, 30),
    _Shape(("shpat_", "shpca_", "shppa_", "shpss_"), _HEX, 32),
    _Shape(("dapi",), "0-9a-f", 32, is_short=True),
    _Shape(("hvs.", "hvb.", "hvr."), _URL_SAFE, 20),
    _Shape(("NRAK-", "NRAL-", "NRII-", "NRIQ-"), "A-Za-z0-9_-", 20),
    _Shape(("sntrys_", "sntryu_"), "A-Za-z0-9_/=", 40),
    _Shape(("glc_", "glsa_"), "A-Za-z0-9_/=", 30, is_short=True),
    _Shape(("lin_api_", "secret_", "ntn_"), _ALNUM, 40),
    _Shape(("PMAK-",), "0-9a-f-", 40),
    _Shape(("pul-",), "0-9a-f", 40, is_short=True),
    _Shape(("dp.pt.", "dp.st.", "dp.ct."), _ALNUM, 40),
    _Shape(("dt0c01.",), r"A-Z0-9.", 60),
    _Shape(("sq0atp-", "sq0csp-", "EAAAE"), _URL_SAFE, 22),
    _Shape(("EAA",), _ALNUM, 80, is_short=True),
    _Shape(("ATATT3",), r"\w=-", 60),
    _Shape(("APP_USR-",), r"\w-", 40),
    _Shape(("AGE-SECRET-KEY-1",), "A-Z0-9", 50),
    _Shape(("b3BlbnNzaC1rZXktdjE",), "A-Za-z0-9/=", 20),  # an OpenSSH private key without its header
)
# No prefix, but a form of their own: Telegram's and Discord's bots, Mailchimp's keys, Azure's client secrets.
_FORMS = re.compile(
    r"(?<!\d)\d{8,10}:AA[\w-]{33}(?![\w-])"
    r"|(?<![\w.-])[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])"
    r"|(?<!\w)[0-9a-f]{32}-us\d{1,2}(?!\w)"
    r"|(?<![\w~.-])[\w~.]{3}8Q~[\w~.-]{31,37}(?![\w~.-])",
    re.ASCII,
)


def _spaced(text: str, gap: str) -> str:
    return gap.join(map(re.escape, text))


def _pattern(shape: _Shape) -> re.Pattern[str]:
    """The whole token, tightly written if it is long enough, else its least length with white space between."""
    prefix = "|".join(_spaced(each, _GAP) for each in shape.prefixes)
    return re.compile(
        rf"(?:{prefix})(?:[{shape.letters}]{{{shape.length},2000}}"
        rf"|(?:{_GAP}[{shape.letters}]){{{shape.length}}}[{shape.letters}]*)",
        re.ASCII,
    )


_PATTERNS: dict[str, list[tuple[_Shape, re.Pattern[str]]]] = {}
for _shape in _SHAPES:
    for _first in {prefix[0] for prefix in _shape.prefixes}:
        _PATTERNS.setdefault(_first, []).append((_shape, _pattern(_shape)))

_PREFIXES = [prefix for shape in _SHAPES for prefix in shape.prefixes]
_STARTS = re.compile(rf"(?=(?:{'|'.join(_spaced(prefix, _GAP) for prefix in _PREFIXES)}))")
# One tail for all prefixes and few counters: this is what RE2 runs fast.
TOKEN_HINT = "|".join(
    (
        rf"(?:{'|'.join(_spaced(prefix, _ANY_GAP) for prefix in sorted(_PREFIXES))})(?:[\s+]*[\w.=/-]){{4}}",
        r"\d:AA[\w-]{4}",
        r"[\w-]\.[\w-]{6}\.[\w-]{6}",
        r"[0-9a-f]-us\d",
        "8Q~",
    )
)
# What follows the id of an AWS key within a few signs is its secret; alone it looks like any hash.
_AWS_SECRET = re.compile(
    r"[\s\"',:;/|=\\]{1,8}(?:[\w.]{0,40}[\s\"']{0,3}[:=][\s\"']{0,3})?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"
)
_NEXT_LINE = re.compile(r"[\s+]{1,40}([\w/=-]{6,})")


def find_tokens(text: str) -> Iterator[Finding]:
    """Tokens of known providers, with the rest of a token that goes on in the next line."""
    for start in _STARTS.finditer(text):
        for shape, pattern in _PATTERNS[text[start.start()]]:
            match = pattern.match(text, start.start())
            if match and not (shape.is_short and _is_word(text, match)):
                end = _continued(text, match.end(), shape)
                if shape is _SHAPES[0] and (secret := _AWS_SECRET.match(text, end)):
                    end = secret.end()
                yield Finding("token", match.start(), end, text[match.start() : end])
                break
    for match in _FORMS.finditer(text):
        yield Finding("token", match.start(), match.end(), match[0])


def _is_word(text: str, match: re.Match[str]) -> bool:
    """Whether it is no token but part of a word or a name: `task-force`, `sk-learn-pipelines-and-more`."""
    start = match.start()
    inside = start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_-")
    return inside or not any(letter.isdigit() for letter in match[0][4:])


def _continued(text: str, end: int, shape: _Shape) -> int:
    """The end of a token that a wrapped line has cut: what follows is of its letters and random, not a word."""
    while (match := _NEXT_LINE.match(text, end)) and re.fullmatch(rf"[{shape.letters}]+", match[1], re.ASCII):
        word = match[1]
        if not any(letter.isdigit() for letter in word) or word.isdigit() or "=" in word[:-2]:
            break
        end = match.end()
    return end


_SEGMENT = rf"(?:{_GAP}[\w-])"
_JWT = re.compile(
    rf"(?:{_spaced('eyJ', _GAP)}|{_spaced('ewo', _GAP)}){_SEGMENT}{{6,2000}}+{_GAP}\.{_SEGMENT}{{4,}}+{_GAP}\."
    rf"(?:{_GAP}[\w-]+)?(?:\.[\w-]+\.[\w-]+)?",
    re.ASCII,
)
JWT_HINT = r"e[\s+]*(?:y[\s+]*J|w[\s+]*o)(?:[\s+]*[\w-]){6,}[\s+]*\.(?:[\s+]*[\w-]){4}"


def _is_jwt(text: str) -> bool:
    header = re.sub(r"[\s+]", "", text).split(".", 1)[0]
    try:
        parsed = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(parsed, dict) and not parsed.keys().isdisjoint({"alg", "enc", "typ", "kid"})


def find_jwts(text: str) -> Iterator[Finding]:
    """JSON web tokens, signed, encrypted or neither, whose header is JSON."""
    shape = _Shape((), r"\w-", 0)
    for match in _JWT.finditer(text):
        if _is_jwt(match[0]):
            end = _continued(text, match.end(), shape)
            yield Finding("jwt", match.start(), end, text[match.start() : end])


_PEM_GAP = r"(?:[\s+]|\\[nr]){0,40}"
_PEM = re.compile(
    rf"{_spaced('-----BEGIN', _PEM_GAP)}(?:{_PEM_GAP}[A-Z0-9]){{0,20}}?{_PEM_GAP}{_spaced('PRIVATEKEY', _PEM_GAP)}"
    rf"(?:{_PEM_GAP}{_spaced('BLOCK', _PEM_GAP)})?{_PEM_GAP}{_spaced('-----', _PEM_GAP)}"
    r"(?:(?:(?!-----)[^<>{}])*-----END[A-Z0-9\s+\\nr]*-----|[A-Za-z0-9+/=\s\\:,.-]*)",
)
PRIVATE_KEY_HINT = _spaced("-----BEGIN", r"(?:[\s+]|\\[nr])*")


def find_private_keys(text: str) -> Iterator[Finding]:
    """PEM and PGP blocks of private keys, also with escaped line ends, also cut off before their end."""
    for match in _PEM.finditer(text):
        yield Finding("private_key", match.start(), match.end(), match[0])
