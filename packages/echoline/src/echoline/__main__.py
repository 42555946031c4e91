"""`echoline`: composes the processes of app/ with the command line of surfaces/cli."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


def _private_serve(settings: Settings, parent: int, tell: children.Tell) -> None:
    from echoline.app.serve import serve

    serve(settings, parent, tell, is_private=True)


def _engine(settings: Settings, parent: int, tell: children.Tell) -> None:
    from echoline.app.engine import engine

    engine(settings, parent, tell)


def _private_engine(settings: Settings, parent: int, tell: children.Tell) -> None:
    from echoline.app.engine import engine

    engine(settings, parent, tell, is_private=True)


def _up(settings: Settings, parent: int, tell: children.Tell) -> None:  # noqa: ARG001 - children.become minds it
    from echoline.app.up import up

    up(settings, lambda running, _: tell(running.ready()))


PROCESSES: dict[str, children.Main] = {
    "up": _up,
    "receive": _receive,
    "serve": _serve,
    "private-serve": _private_serve,
    "engine": _engine,
    "private-engine": _private_engine,
}
"""What `children.launch` starts, by name. A private one serves one command and has no loops."""


def run(name: str, settings: Settings, ready_file: Path | None) -> int:
    """Runs a process, or `up`, until it is told to end; its exit code."""
    if name == "up":
        from echoline.app.up import up_for_a_person

        return up_for_a_person(settings, ready_file)
    from echoline.app.alone import alone

    return alone(name, PROCESSES[name], settings, ready_file)


@contextmanager
def beside(name: str, settings: Settings) -> Iterator[dict[str, str]]:
    """A process beside this one, and its listeners; it ends with the block, or with this process."""
    from echoline.app import data_dir

    data_dir.prepare(settings.data_dir)
    child = children.spawn(name, settings)
    try:
        yield {listener: address for listener, address in child.ready.items() if isinstance(address, str)}
    finally:
        child.stop(timeout_s=30.0)


def main() -> None:
    """The console script. Exits 0 fine, 1 found something, 2 usage or settings, 3 another system failed."""
    match sys.argv[1:]:
        case [name, "--child", parent] if name in PROCESSES:
            children.become(PROCESSES[name], int(parent))
        case _:
            from echoline.surfaces.cli import program

            sys.exit(program.main(program.Processes(run, beside)))


if __name__ == "__main__":
    main()
