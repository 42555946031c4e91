"""`echoline`: composes the processes of app/ with the command line of surfaces/cli."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from echoline.app import children
from echoline.config import Settings

# Each branch imports only what it needs: the command line none of the processes, `receive` neither engine nor terminal.


def _receive(settings: Settings, parent: int, tell: children.Tell) -> None:
    from echoline.app.receive import receive

    receive(settings, parent, tell)


def _serve(settings: Settings, parent: int, tell: children.Tell) -> None:
    from echoline.app.serve import serve

    serve(settings, parent, tell)


def _private(settings: Settings, parent: int, tell: children.Tell) -> None:
    from echoline.app.serve import serve

    serve(settings, parent, tell, is_private=True)


def _engine(settings: Settings, parent: int, tell: children.Tell) -> None:
    from echoline.app.engine import engine

    engine(settings, parent, tell)


PROCESSES: dict[str, children.Main] = {"receive": _receive, "serve": _serve, "private": _private, "engine": _engine}


def run(name: str, settings: Settings, ready_file: Path | None) -> int:
    """Runs a process, or `up`, until it is told to end; its exit code."""
    if name == "up":
        from echoline.app.up import up

        return up(settings, ready_file)
    from echoline.app.alone import alone

    return alone(name, PROCESSES[name], settings, ready_file)


@contextmanager
def private(settings: Settings) -> Iterator[str]:
    """The URL of a server without loops on a free loopback port, which ends with the block."""
    from echoline.app import data_dir

    data_dir.prepare(settings.data_dir)
    child = children.spawn("private", replace(settings, server=replace(settings.server, host="127.0.0.1", api_port=0)))
    try:
        yield str(child.ready["api"])
    finally:
        child.stop()


def main() -> None:
    """The console script. Exits 0 fine, 1 found something, 2 usage or settings, 3 another system failed."""
    match sys.argv[1:]:
        case [name, "--child", parent] if name in PROCESSES:
            children.become(PROCESSES[name], int(parent))
        case _:
            from echoline.surfaces.cli import program

            sys.exit(program.main(program.Processes(run, private)))


if __name__ == "__main__":
    main()
