"""Makes secrets and personal data of every kind for property tests; the literals are put together to look like none."""

import base64
import json
import string
from collections.abc import Callable

from hypothesis import strategies as st

ALNUM = string.ascii_letters + string.digits
Secret = tuple[str, str, str]
"""The kind, a text that carries the secret, and the part of it that must not survive."""


def _of(letters: str, least: int, most: int | None = None) -> st.SearchStrategy[str]:
    """Random letters with a digit and a letter among them, as a generator of secrets would give."""
    return st.text(letters, min_size=least, max_size=most or least).map(lambda text: "7" + text[1:-1] + "q")


def _check_digits(digits: str) -> str:
    first = sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) * 10 % 11 % 10
    second = sum(int(d) * w for d, w in zip(digits + str(first), range(11, 1, -1), strict=True)) * 10 % 11 % 10
    return f"{digits}{first}{second}"


def with_luhn(digits: str) -> str:
    doubled = [2 * int(d) if place % 2 == 0 else int(d) for place, d in enumerate(reversed(digits))]
    return digits + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


def _token(prefix: str, letters: str, length: int) -> st.SearchStrategy[Secret]:
    return _of(letters, length).map(lambda rest: ("token", prefix + rest, rest))


def _jwt(part: str) -> Secret:
    def encoded(content: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    text = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded({'sub': part})}.{part}"
    return "jwt", text, text.split(".")[1]


def _pem(body: str) -> Secret:
    kind = "PRIVATE " + "KEY-----"
    return "private_key", f"-----BEGIN RSA {kind}\n{body}\n-----END RSA {kind}", body


def _written(kind: str, *forms: Callable[[str], str]) -> st.SearchStrategy[Secret]:
    """A random value behind its name, in one of several spellings."""
    return st.tuples(st.sampled_from(forms), _of(ALNUM, 8, 24)).map(lambda made: (kind, made[0](made[1]), made[1]))


_CARD = st.tuples(st.sampled_from(["4", "51", "55", "2221", "6011", "65"]), st.integers(0, 10**14)).map(
    lambda made: with_luhn((made[0] + f"{made[1]:015d}")[:15])
)
_CPF = st.integers(10, 10**9 - 1).filter(lambda n: len(set(f"{n:09d}")) > 1).map(lambda n: _check_digits(f"{n:09d}"))
_IPV4 = st.tuples(st.sampled_from([8, 10, 52, 172, 192, 203]), *[st.integers(1, 254)] * 3)

FIXED = st.one_of(
    _token("AKIA", string.ascii_uppercase + string.digits, 16).map(
        lambda made: ("token", made[1].upper(), made[2].upper())
    ),
    _token("gh" + "p_", ALNUM, 36),
    _token("glp" + "at-", ALNUM, 20),
    _token("sk_" + "live_", ALNUM, 24),
    _token("sk-" + "ant-", ALNUM, 40),
    _token("AI" + "za", ALNUM, 35),
    _token("np" + "m_", ALNUM, 36),
    _token("dop_" + "v1_", "0123456789abcdef", 64).map(lambda made: ("token", made[1][:-1] + "0", made[2][:-1] + "0")),
    _token("hv" + "s.", ALNUM, 24),
    _of(ALNUM, 40).map(_jwt),
    _of(ALNUM + "+/", 64, 200).map(_pem),
    _CARD.map(lambda digits: ("card", digits, digits)),
    _CARD.map(lambda digits: ("card", " ".join(digits[i : i + 4] for i in range(0, 16, 4)), digits)),
    _CPF.map(lambda d: ("cpf", f"{d[:3]}.{d[3:6]}.{d[6:9]}-{d[9:]}", f"{d[:3]}.{d[3:6]}.{d[6:9]}-{d[9:]}")),
)
"""Kinds whose shape tells them, so that white space inside does not hide them."""

WRITTEN = st.one_of(
    _written(
        "secret",
        "password={}".format,
        "apiKey: {}".format,
        '"client_secret": "{}"'.format,
        "?page=2&access_token={}&x=1".format,
        "--db-password {}".format,
        "<secret>{}</secret>".format,
    ),
    _written("connection", "postgres://shop:{}@db:5432/shop".format, "redis://:{}@cache".format),
    _written("cookie", "Cookie: sid={}; theme=dark".format, '"set-cookie": "sid={}"'.format),
    _written("authorization", "Authorization: Bearer {}".format, "Authorization: Token {}".format),
    _written("email", "{}@example.com".format).map(lambda made: (made[0], made[1], made[1])),
    _IPV4.map(lambda parts: ("ip", ".".join(map(str, parts)), ".".join(map(str, parts)))),
    st.integers(0x0200_0000_0001, 0xFEFF_FFFF_FFFE)
    .map(lambda n: ":".join(f"{n:012x}"[i : i + 2] for i in range(0, 12, 2)))
    .map(lambda mac: ("mac", mac, mac)),
)
"""Kinds that white space inside would end or change."""

ANY = st.one_of(FIXED, WRITTEN)
