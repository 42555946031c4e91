"""Tells the program's own files from libraries, from the plumbing of spans, and from where a stack begins anew."""

import os
import site
import sysconfig
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path

from echoline_agent.functions import code_names
from echoline_agent.functions.own_packages import installed_from_folders

OURS = Path(__file__).parents[2].as_posix()
"""Where the agent lies: the folder of a bundle too, with all that is in it."""
INSTALLED = ("/site-packages/", "/dist-packages/")
TELEMETRY = ("opentelemetry/sdk/", "opentelemetry/trace/", "opentelemetry/util/_decorator.py", "/contextlib.py")
# Beyond these lies who runs the loop or the server, not who asked for the work: `main()` causes no query of a request.
BEGINNINGS = (
    *("asyncio/events.py", "asyncio/base_events.py", "asyncio/runners.py", "uvloop/__init__.py"),
    *("uvicorn/server.py", "hypercorn/asyncio/run.py", "werkzeug/serving.py", "socketserver.py", "wsgiref/handlers.py"),
    *("waitress/task.py", "cheroot/server.py", "gunicorn/workers/sync.py", "gunicorn/workers/gthread.py"),
    *("celery/app/trace.py", "concurrent/futures/thread.py", "threading.py", "trio/_core/_run.py"),
)
DISPATCHERS = (
    *("django/core/handlers/base.py", "django/core/handlers/exception.py", "flask/app.py"),
    *("starlette/routing.py", "fastapi/routing.py", "asgiref/sync.py"),
)
BOUND = 20_000
"""Files remembered; a program that makes up names of files without end gets them classed anew now and then."""


class Kind(IntEnum):
    """What a file is to the walk over a stack."""

    LIBRARY = 0
    PROGRAM = 1
    TELEMETRY = 2
    """Between a span and whoever started it: skipped like a library, and no sign that a library started it."""
    BEGINNING = 3
    """Runs requests, tasks or callbacks: what is below it on the stack did not cause what is above."""
    DISPATCHER = 4
    """Calls views: what is above it without a function of the program is the view's, what is below is middleware."""


class Program:
    """What is the program's own: all that is not installed, standard or ours; by package as the settings say."""

    def __init__(self, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> None:
        self._include = (*include, *installed_from_folders())
        self._exclude = tuple(exclude)
        paths = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib", "scripts")]
        paths += [*site.getsitepackages(), site.getusersitepackages(), str(Path(os.__file__).parent), OURS]
        self._libraries = tuple({f"{_posix(path)}/" for path in paths if path})
        self.kinds: dict[str, Kind] = {}
        self.stops: dict[str, int] = {}
        """By the file name that code carries: 0 where the walk goes on; read by it without a call."""

    def kind(self, file: str, module: str) -> Kind:
        """What the file is; remembered."""
        known = self.kinds.get(file)
        if known is None:
            if len(self.kinds) >= BOUND:
                self.kinds.clear()
                self.stops.clear()
            known = self.kinds[file] = self._classed(file, module)
        self.stops[file] = 0 if known is Kind.TELEMETRY else int(known)
        return known

    def _classed(self, file: str, module: str) -> Kind:
        path = _posix(file)
        if path.startswith(f"{OURS}/echoline_agent/") or any(part in path for part in TELEMETRY):
            return Kind.TELEMETRY
        if _is_within(module, self._exclude):
            return Kind.LIBRARY
        # Code without a file (`<string>`, `<frozen runpy>`) is nobody's; the scripts of installed packages are theirs.
        is_installed = any(part in path for part in INSTALLED) or path.startswith(self._libraries)
        if _is_within(module, self._include) or not (file.startswith("<") or is_installed):
            return Kind.PROGRAM
        if path.endswith(DISPATCHERS):
            return Kind.DISPATCHER
        return Kind.BEGINNING if path.endswith(BEGINNINGS) else Kind.LIBRARY


def _posix(path: str) -> str:
    return Path(code_names.absolute(path)).as_posix()


def _is_within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
