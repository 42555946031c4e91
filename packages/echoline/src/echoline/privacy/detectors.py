"""The built-in detectors: what each looks for, and the cheap pattern without which it need not look at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from echoline.privacy import addresses, assignments, credentials, numbers, tokens
from echoline.privacy.findings import Finding

KINDS = (
    *("secret", "token", "jwt", "private_key", "connection", "cookie", "authorization"),
    *("email", "card", "cpf", "ip", "mac"),
)
"""Kinds of what is redacted, on by default; the order decides between findings of one length."""

Sweep = Literal["words", "prefixes", "digits", "own"]
"""Hints that are run over a column together: RE2 needs 19 ns a byte for these few alternations, 300 for all in one."""


@dataclass(frozen=True)
class Detector:
    """Finds the kinds it names.

    `hint` is an RE2 pattern that matches every text `find` can find something in: it is run over whole columns.
    """

    kinds: tuple[str, ...]
    sweep: Sweep
    hint: str
    find: Callable[[str], Iterator[Finding]]


WHOLE = {"ip": addresses.WHOLE_IPV4, "email": addresses.WHOLE_EMAIL}
"""RE2 patterns of texts that are as a whole one finding of a kind and nothing else: they need no closer look."""

_BY_NAME = ("secret", "cookie", "authorization")

BUILT_IN = (
    Detector(_BY_NAME, "words", assignments.ASSIGNMENT_HINT, assignments.find_assignments),
    Detector(("token",), "prefixes", tokens.TOKEN_HINT, tokens.find_tokens),
    Detector(("jwt",), "words", tokens.JWT_HINT, tokens.find_jwts),
    Detector(("private_key",), "words", tokens.PRIVATE_KEY_HINT, tokens.find_private_keys),
    Detector(("connection",), "words", credentials.CONNECTION_HINT, credentials.find_connections),
    Detector(("authorization",), "words", credentials.SCHEME_HINT, credentials.find_schemes),
    Detector(("email",), "words", addresses.EMAIL_HINT, addresses.find_emails),
    Detector(("card",), "digits", numbers.CARD_HINT, numbers.find_cards),
    Detector(("cpf",), "digits", numbers.CPF_HINT, numbers.find_cpfs),
    Detector(("ip",), "digits", addresses.IPV4_HINT, addresses.find_ipv4s),
    Detector(("ip",), "digits", addresses.IPV6_HINT, addresses.find_ipv6s),
    Detector(("mac",), "digits", addresses.MAC_HINT, addresses.find_macs),
)
