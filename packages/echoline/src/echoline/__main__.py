"""`echoline`: composes the processes of app/ with the command line of surfaces/cli."""

import sys

from echoline.app import children
from echoline.config import Settings

# Each process imports its own module only when it starts: `receive` needs no engine, the command line none of them.


def _receive(settings: Settings, parent: int, tell: children.Tell) -> None:
    from echoline.app.receive import receive

    receive(settings, parent, tell)


def _serve(settings: Settings, parent: int, tell: children.Tell) -> None:
    from echoline.app.serve import serve

    serve(settings, parent, tell)


def _engine(settings: Settings, parent: int, tell: children.Tell) -> None:
    from echoline.app.engine import engine

    engine(settings, parent, tell)


PROCESSES: dict[str, children.Main] = {"receive": _receive, "serve": _serve, "engine": _engine}


def main() -> None:
    """The console script. Exits 0 fine, 1 found something, 2 usage or settings, 3 another system failed."""
    match sys.argv[1:]:
        case [name, "--child", parent] if name in PROCESSES:
            children.become(PROCESSES[name], int(parent))


if __name__ == "__main__":
    main()
