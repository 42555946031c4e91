"""Addresses of people and their devices: e-mail, IP, MAC."""

import ipaddress
import re
from collections.abc import Iterator

from echoline.privacy.findings import Finding

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"(?<![\w.+-])([\w.+-]{{1,128}})@((?:{_LABEL}\.){{1,10}}[^\W\d_]{{2,24}})(?![^\W_])")
EMAIL_HINT = r"[^\s@\"'<>()]@[^\s@./]+\.[^\s@.]"
WHOLE_EMAIL = (
    r"^[a-z0-9][a-z0-9._+-]{3,62}@(?:[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?\.){1,4}(?:com|org|net|edu|gov|io|dev|info)$"
)
# Names that open a repository, not a mailbox; endings of file names like `logo@2x.png`.
_NO_MAILBOX = {"git", "hg", "svn"}
_NO_DOMAIN = {
    *("png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "css", "js", "mjs", "ts", "tsx", "jsx", "json", "map", "html"),
    *("py", "rb", "java", "jar", "tgz", "gz", "zip", "whl", "yaml", "yml", "toml", "lock", "md", "txt", "service"),
}
_USER_OF_URL = re.compile(r"://[^\s/]{0,256}$")
_VERSION = re.compile(r"v?\d+\.\d")

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = re.compile(
    rf"(?<![0-9A-Za-z])(?<![A-Za-z_]-)(?<!\d\.)(?:{_OCTET}\.){{3}}{_OCTET}(?![0-9A-Za-z]|\.\d|-[A-Za-z]|-\d{{1,3}}(?!\.?\d))",
    re.ASCII,
)
# Nothing but an address, as most that come are: those find_ipv4s takes, seen by RE2 alone.
WHOLE_IPV4 = rf"^(?:[1-9]|[1-9]\d|1[013-9]\d|12[0-689]|2[01]\d|22[0-3])(?:\.{_OCTET}){{3}}$"
IPV4_HINT = r"\d\.\d{1,3}\.\d{1,3}\.\d"
# A program's name and version ("Chrome/120.0.0.0"), a pin ("lib==1.2.3.4"), a word that says version.
_VERSION_BEFORE = re.compile(
    r"(?:(?:^|[\s(;\"',])[A-Za-z][\w.-]{0,40}/|[=><~!]=\s{0,3}|\b(?:versions?|ver|v|release|build|revision)[\s:=\"']{0,4})$",
    re.IGNORECASE,
)
_ARCHIVE_BEHIND = re.compile(r"\.(?:jar|war|tar|tgz|zip|gz|whl|deb|rpm|exe|dll|so|msi|dmg|apk)\b", re.IGNORECASE)
_IPV6 = re.compile(
    r"(?<![0-9A-Za-z:])(?=[0-9A-Fa-f]{0,4}:)(?:[0-9A-Fa-f]{1,4}|:)(?::{1,2}[0-9A-Fa-f]{1,4}){1,7}(?:::)?(?![0-9A-Za-z:])",
    re.ASCII,
)
IPV6_HINT = r"[0-9a-fA-F]{4}:[0-9a-fA-F:]*:"
# Global unicast, unique local, link local: `dead::beef` and `Foo::Bar` are names in many languages.
_IPV6_NETS = [ipaddress.IPv6Network(net) for net in ("2000::/3", "fc00::/7", "fe80::/10")]

_MAC = re.compile(
    r"(?<![0-9A-Za-z:-])(?:[0-9A-Fa-f]{2}(?P<by>[:-])[0-9A-Fa-f]{2}(?:(?P=by)[0-9A-Fa-f]{2}){4}"
    r"|(?<!\.)[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?!\.[0-9A-Fa-f]))(?![0-9A-Za-z]|[:-][0-9A-Fa-f])",
    re.ASCII,
)
MAC_HINT = r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}"


def find_emails(text: str) -> Iterator[Finding]:
    """Mail addresses; not `git@github.com`, `logo@2x.png`, `lib@1.2.x`, nor the password of a URL with its host."""
    for match in _EMAIL.finditer(text):
        mailbox, domain = match[1], match[2]
        last = domain.rpartition(".")[2]
        if mailbox.lower() in _NO_MAILBOX or last.lower() in _NO_DOMAIN or _VERSION.match(domain):
            continue
        if last not in {last.lower(), last.upper(), last.title()}:  # Object@1b6d3586.toString
            continue
        if _USER_OF_URL.search(text, max(0, match.start() - 300), match.start()):
            continue
        yield Finding("email", match.start(), match.end(), match[0])


def find_ipv4s(text: str) -> Iterator[Finding]:
    """IPv4 addresses of some host, public or private: no loopback, wildcard, mask, multicast, and no versions."""
    for match in _IPV4.finditer(text):
        start, end = match.span()
        first = int(text[start : text.index(".", start)])
        if first in {0, 127} or first >= 224:
            continue
        if start and _VERSION_BEFORE.search(text, max(0, start - 60), start):
            continue
        if end < len(text) and _ARCHIVE_BEHIND.match(text, end):
            continue
        yield Finding("ip", start, end, match[0])


def find_ipv6s(text: str) -> Iterator[Finding]:
    """IPv6 addresses that a host can have: global, unique local, link local."""
    for match in _IPV6.finditer(text):
        try:
            address = ipaddress.IPv6Address(match[0])
        except ValueError:
            continue
        if any(address in net for net in _IPV6_NETS):
            yield Finding("ip", match.start(), match.end(), match[0])


def find_macs(text: str) -> Iterator[Finding]:
    """Hardware addresses with colons, dashes or Cisco's dots; not all zeros or ones, nor numbers that look alike."""
    for match in _MAC.finditer(text):
        digits = set(match[0].lower()) - set(":-.")
        if digits in ({"0"}, {"f"}) or (":" not in match[0] and digits.isdisjoint("abcdef")):
            continue
        yield Finding("mac", match.start(), match.end(), match[0])
