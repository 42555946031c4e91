"""`run -- COMMAND...`: starts a command with the agent inside, in the place of this process."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from echoline_agent import bundled
from echoline_agent.launcher import bundle, preflight
from echoline_agent.launcher.command import read
from echoline_agent.loud import say

REFUSED = 2


def run(command: Sequence[str], environ: Mapping[str, str] = os.environ) -> NoReturn:
    """Becomes the command. Exits 2, with the line that mends it, where it cannot be instrumented."""
    if not command:
        refuse("no command is given: echoline-agent run -- COMMAND...")
    try:
        parts = bundle.made(environ)
    except OSError as error:
        refuse(f"the bundle cannot be written, set XDG_CACHE_HOME to a folder where it can: {error}")
    judgement = preflight.judged(read(command, environ), bundled.manifest(parts.rest), environ)
    if judgement.refusal:
        refuse(judgement.refusal)
    for remark in judgement.remarks:
        say(remark)
    sys.stdout.flush()
    os.execvpe(command[0], list(command), injected(environ, parts))  # noqa: S606 - it is the user's command


def injected(environ: Mapping[str, str], parts: bundle.Parts) -> dict[str, str]:
    """The environment in which every Python finds the agent."""
    inject = str(Path(parts.agent) / "echoline_agent" / "inject")
    others = [path for path in environ.get("PYTHONPATH", "").split(os.pathsep) if path and path != inject]
    return {**environ, "PYTHONPATH": os.pathsep.join([inject, *others]), "ECHOLINE_AGENT_BUNDLE": parts.variable()}


def refuse(why: str) -> NoReturn:
    """Says why a command is not started, and exits."""
    say(why)
    sys.exit(REFUSED)
