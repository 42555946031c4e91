"""`stamp`: writes the build file by which the agent knows the revision where there is no `.git`."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from echoline_agent import revision
from echoline_agent.loud import say
from echoline_agent.revision import stamp
from echoline_agent.revision.found import Revision, browsable, together

NO_REVISION = (
    "the revision is not known here: there is no .git in this folder or above it, and no variable of a build names it; "
    "name it with --revision, or set GIT_COMMIT_ID"
)


def write_stamp(output: Path | None, said: Revision, environ: Mapping[str, str] = os.environ) -> int:
    """Writes what is said, else found; the exit code: 2 when no revision is known or the file cannot be written."""
    path = output or Path(stamp.NAME)
    # The stamp of an earlier build must not name this one.
    found = together([said, *revision.sources(environ, Path.cwd())])
    found = replace(found, repository_url=browsable(found.repository_url or ""))
    if not found.revision:
        say(NO_REVISION)
        return 2
    try:
        stamp.write(found, path)
    except OSError as error:
        say(f"the stamp {path} cannot be written: {error}")
        return 2
    print(f"{path}: {found.revision}" + (" with uncommitted changes" if found.is_dirty else ""), file=sys.stderr)
    return 0
