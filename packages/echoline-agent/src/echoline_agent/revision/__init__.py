"""Finds out which revision of the program this is: from the build's stamp, variables, or `.git`."""

import sys
from collections.abc import Mapping
from pathlib import Path

from echoline_agent.revision import git_files, stamp, variables
from echoline_agent.revision.found import Revision, together

NAMES = {
    "revision": "vcs.ref.head.revision",
    "branch": "vcs.ref.head.name",
    "repository_url": "vcs.repository.url.full",
    "is_dirty": "vcs.ref.head.dirty",
    "version": "service.version",
    "environment": "deployment.environment.name",
}
"""Resource attributes. The conventions have no name for uncommitted changes yet."""


def find(environ: Mapping[str, str], folder: Path, stamp_file: str | None = None) -> Revision:
    """What is known of the revision of a program that runs in a folder. The stamp comes first, `.git` last."""
    script = Path(sys.argv[0]).absolute().parent if sys.argv and sys.argv[0] else folder
    stamped = stamp.read(dict.fromkeys((folder, script)), stamp_file)
    return together([stamped, *sources(environ, folder, is_known=stamped.revision is not None)])


def sources(environ: Mapping[str, str], folder: Path, *, is_known: bool = False) -> list[Revision]:
    """What variables say, and where neither they nor the caller know the commit, what `.git` says."""
    found = variables.read(environ)
    if not is_known and not any(source.revision for source in found):
        found.append(git_files.read(folder))
    return found


def attributes(found: Revision) -> dict[str, str | bool]:
    """The resource attributes of what is known."""
    named = ((name, getattr(found, field)) for field, name in NAMES.items())
    return {name: value for name, value in named if value is not None}
