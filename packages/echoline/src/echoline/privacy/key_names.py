"""Says from the name of an attribute, field or variable whether its value is a secret.

A name is cut into words (camelCase, snake_case, dots, dashes; digits left out), so that `max_tokens` and `secretary`
are innocent while `userPassword`, `X-Api-Key` and `db.client_secret` are not.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+")

# A word that ends in one of these is secret by itself: `dbpassword`, `csrfmiddlewaretoken`, `PHPSESSID`.
_SECRET_ENDS = (
    *("password", "passwd", "passphrase", "passcode", "passwords", "pwd", "userpass", "dbpass", "senha", "contraseña"),
    *("contrasena", "passwort", "kennwort", "secret", "secrets", "token", "apikey", "accesskey", "privatekey"),
    *("secretkey", "signingkey", "accountkey", "credential", "credentials", "sessionid", "sessid", "sessionkey"),
)
_SECRET_WORDS = {"jwt", "otp", "totp", "cvv", "cvc", "ssn", "csrf", "xsrf", "keytab"}
_LAST_WORDS = {"pin", "session"}
_WHOLE_NAMES = {("sid",), ("connect", "sid"), ("pass",), ("x", "auth")}
_KEY_OWNERS = {
    *("api", "access", "private", "secret", "signing", "encryption", "decryption", "encrypt", "master", "account"),
    *("storage", "shared", "ssh", "auth", "application", "subscription", "webhook", "deploy", "hmac", "session"),
    *("recovery", "license", "rsa", "aes"),
}
_CODE_OWNERS = {"verification", "mfa", "sms", "recovery", "backup", "security", "activation"}
_PASS_OWNERS = {"db", "user", "smtp", "mysql", "pg", "redis", "ftp", "admin", "root", "ldap", "mail", "login"}
_AUTH_FOLLOWERS = {"header", "code", "data", "string"}
_SESSION_FOLLOWERS = {"id", "ids", "key", "cookie", "data", "value", "hash", "previous"}
_TOKENS_OWNERS = {"access", "auth", "api", "refresh", "bearer", "session", "id", "csrf", "security"}

# What stands before or behind makes it a fact about a secret, not the secret.
_BEFORE = {
    *("max", "min", "num", "n", "total", "prompt", "completion", "input", "output", "cached", "reasoning", "used"),
    *("remaining", "first", "per", "is", "has", "requires", "required", "needs", "missing", "invalid", "expired", "no"),
}
_BEHIND = {
    *("count", "counts", "counter", "limit", "limits", "length", "len", "size", "bytes", "type", "types", "usage"),
    *("budget", "name", "names", "arn", "ttl", "expiry", "expires", "expired", "expiration", "expire", "age", "policy"),
    *("strength", "reset", "change", "changed", "updated", "created", "at", "valid", "validity", "validation"),
    *("required", "enabled", "disabled", "present", "missing", "exists", "set", "status", "state", "error", "errors"),
    *("bucket", "rate", "ms", "seconds", "duration", "time", "index", "position", "offset", "url", "uri", "endpoint"),
    *("file", "path", "dir", "directory", "manager", "provider", "service", "class", "kind", "version", "field"),
    *("form", "page", "view", "domain", "refreshed", "issuer", "scheme", "method", "algorithm", "prompt", "hint"),
    *("store", "pool", "start", "end", "ratio", "percent", "number", "format", "encoding", "scope", "scopes"),
}


def words(name: str) -> list[str]:
    """The words of a name in lower case: `X-Api-Key` and `xApiKey` alike are x, api, key."""
    return [word.lower() for word in _WORDS.findall(name)]


@lru_cache(maxsize=20_000)
def secret_kind(name: str) -> str | None:
    """The kind that the value of something named so has: secret, cookie or authorization; None for an innocent."""
    parts = words(name)
    if tuple(parts) in _WHOLE_NAMES:
        return "secret"
    for place, word in enumerate(parts):
        before = parts[place - 1] if place else ""
        behind = parts[place + 1] if place + 1 < len(parts) else ""
        if behind in _BEHIND or before in _BEFORE:
            continue
        if kind := _kind(word, before, behind):
            return kind
    return None


def _kind(word: str, before: str, behind: str) -> str | None:
    if word in {"cookie", "cookies"} and behind in {"", "header"}:
        return "cookie"
    if word == "authorization" or (word == "auth" and behind in _AUTH_FOLLOWERS):
        return "authorization"
    if word.endswith(_SECRET_ENDS) or word in _SECRET_WORDS or _is_pair(word, before, behind):
        return "secret"
    return "secret" if not behind and word in _LAST_WORDS else None


def _is_pair(word: str, before: str, behind: str) -> bool:
    """Two words that only together name a secret."""
    return (
        (word in {"key", "keys"} and before in _KEY_OWNERS)
        or (word in {"code", "codes"} and before in _CODE_OWNERS)
        or (word == "pass" and before in _PASS_OWNERS)
        or (word == "tokens" and before in _TOKENS_OWNERS)
        or (word == "session" and behind in _SESSION_FOLLOWERS)
    )


_OWN_SIDE = {
    *("server.address", "server.socket.address", "network.local.address", "net.host.ip", "net.host.name"),
    *("net.sock.host.addr", "host.ip", "k8s.pod.ip", "k8s.node.ip", "container.ip", "service.instance.id"),
    *("http.server_name", "user_agent.original", "http.user_agent"),
}


@lru_cache(maxsize=20_000)
def exempt_kinds(name: str) -> frozenset[str]:
    """Kinds that do not apply to the value of something named so.

    An address of our own side says which machine did the work and not who asked for it; versions look like addresses;
    the ids of traces are no numbers of anybody.
    """
    parts: Sequence[str] = words(name)
    last = parts[-1] if parts else ""
    if name in _OWN_SIDE or last in {"version", "versions", "release"}:
        return frozenset({"ip"})
    if last == "id" and len(parts) > 1 and parts[-2] in {"trace", "span"}:
        return frozenset({"card", "cpf"})
    return frozenset()
