"""`echoline-agent`: starts a command with the agent inside, or writes the stamp of a build."""

import argparse
import sys
from pathlib import Path

from echoline_agent import resource
from echoline_agent.launcher.run import run
from echoline_agent.launcher.stamping import write_stamp
from echoline_agent.revision.found import Revision


def main() -> None:
    """The console script. Exits 2 for what cannot be done; else `run` exits as its command does."""
    given = _parser().parse_args()
    if given.action == "run":
        run(given.command[1:] if given.command[:1] == ["--"] else given.command)
    said = Revision(given.revision, given.branch, given.repository_url, None, given.version)
    sys.exit(write_stamp(given.output, said))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("echoline-agent", description="Instruments Python programs with OpenTelemetry.")
    parser.add_argument("--version", action="version", version=f"echoline-agent {resource.version()}")
    actions = parser.add_subparsers(dest="action", required=True)
    runs = actions.add_parser("run", help="start a command with the agent inside: run -- COMMAND...")
    runs.add_argument("command", nargs=argparse.REMAINDER)
    stamps = actions.add_parser("stamp", help="write the file by which the agent knows the revision of this build")
    stamps.add_argument("--output", type=Path, help="where to write it; echoline-stamp.json in this folder otherwise")
    stamps.add_argument("--revision", help="the commit, where neither .git nor a variable names it")
    stamps.add_argument("--branch")
    stamps.add_argument("--repository-url")
    stamps.add_argument("--version", help="the version that this build makes")
    return parser


if __name__ == "__main__":
    main()
