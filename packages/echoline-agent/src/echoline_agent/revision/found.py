"""What is known of the program's revision, and how several sources are put together."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Revision:
    """One source's knowledge; None where it says nothing."""

    revision: str | None = None
    """The commit, in full where the source has it in full."""
    branch: str | None = None
    repository_url: str | None = None
    """As a browser would open it; never with credentials."""
    is_dirty: bool | None = None
    """The working tree differed from the commit; None when nobody could tell."""
    version: str | None = None
    environment: str | None = None


def together(sources: list[Revision]) -> Revision:
    """The first source that knows the commit tells all of the commit; version and environment come from the first each.

    A branch of one source beside the commit of another one would be a lie.
    """
    known = next((source for source in sources if source.revision), Revision())
    for name in ("repository_url", "version", "environment"):
        if getattr(known, name) is None:
            known = replace(known, **{name: next((v for s in sources if (v := getattr(s, name))), None)})
    first = next((source.version for source in sources if source.version), None)
    environment = next((source.environment for source in sources if source.environment), None)
    return replace(known, version=first, environment=environment)


def browsable(url: str) -> str | None:
    """A repository's URL without credentials, query and `.git`, in HTTPS where it was SSH; None for an empty one.

    >>> browsable("git@github.com:acme/shop.git")
    'https://github.com/acme/shop'
    >>> browsable("https://oauth2:secret@gitlab.example/acme/shop.git?token=secret")
    'https://gitlab.example/acme/shop'
    """
    url = url.strip()
    if not url:
        return None
    if "://" not in url:
        host, colon, path = url.partition(":")
        if not colon or "/" in host:
            return url  # a folder
        url = f"ssh://{host}/{path.lstrip('/')}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        # The port of SSH means nothing to a browser.
        port = f":{parts.port}" if parts.port and parts.scheme in ("http", "https") else ""
    except ValueError:
        return None
    path = parts.path.rstrip("/").removesuffix(".git")
    scheme = parts.scheme if parts.scheme in ("http", "https", "file") else "https"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{port}{path}"
