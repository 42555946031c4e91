"""The stamp: a small file that a build writes and the agent reads where there is no `.git`."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from echoline_agent.loud import say
from echoline_agent.revision.found import Revision, browsable

NAME = "echoline-stamp.json"
FORMAT = 1
LONGEST = 64 * 1024
"""Bytes; whatever is longer is no stamp."""


def write(found: Revision, path: Path) -> None:
    """Writes a stamp. Raises OSError where the file cannot be written."""
    known = {name: value for name, value in asdict(found).items() if value is not None and name != "environment"}
    path.write_text(json.dumps({"format": FORMAT, **known}, indent=2) + "\n", "utf-8")


def read(folders: Iterable[Path], named: str | None) -> Revision:
    """The stamp at the named path, else in the first of the folders or their parents that has one."""
    if named is not None:
        found = _at(Path(named))
        if found is None:
            say(f"there is no stamp at {named} (ECHOLINE_STAMP_FILE); write one with `echoline-agent stamp`")
        return found or Revision()
    for folder in folders:
        for place in (folder, *folder.parents):
            if found := _at(place / NAME):
                return found
    return Revision()


def _at(path: Path) -> Revision | None:
    """The stamp of a path; None where there is no file; nothing known, loudly, where it is no stamp."""
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(LONGEST))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        say(f"the stamp {path} cannot be read, so the revision comes from elsewhere: {error}")
        return Revision()
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        say(f"the stamp {path} is not in format {FORMAT}; write it with this release's `echoline-agent stamp`")
        return Revision()
    texts = {name: str(content[name]) for name in ("revision", "branch", "version") if content.get(name)}
    is_dirty = content.get("is_dirty")
    return Revision(
        **texts,
        repository_url=browsable(str(content.get("repository_url") or "")),
        is_dirty=is_dirty if isinstance(is_dirty, bool) else None,
    )
