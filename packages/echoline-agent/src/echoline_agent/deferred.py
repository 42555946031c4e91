"""Calls back when a module has been imported, so that nothing is paid for libraries that a program does not use."""

import sys
import threading
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, cast

from echoline_agent.guard import guard

if TYPE_CHECKING:
    # Not imported here: `importlib.abc` brings half of importlib.resources along.
    from importlib.abc import Loader, MetaPathFinder
    from importlib.machinery import ModuleSpec

OURS = "opentelemetry."

Hook = Callable[[ModuleType], None]


class Watch:
    """A finder in front of the others: finds nothing itself, but lets hooks run after what the others found has run.

    Hooks import OpenTelemetry. None runs inside one of its imports, where it would meet half a module.
    """

    def __init__(self) -> None:
        self._hooks: dict[str, list[Hook]] = {}
        self._asking: set[str] = set()
        self._inside = _Inside()

    def add(self, name: str, hook: Hook) -> None:
        """Runs the hook once with the module: now if it is there already, else right after its import."""
        if module := sys.modules.get(name):
            guard("instrumenting")(hook)(module)
            return
        self._hooks.setdefault(name, []).append(hook)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, cast("MetaPathFinder", self))

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> "ModuleSpec | None":
        """Asks the other finders for a watched module; None for every other one, at the price of one look-up."""
        if (fullname not in self._hooks and not fullname.startswith(OURS)) or fullname in self._asking:
            return None
        self._asking.add(fullname)
        try:
            spec = _found(self, fullname, path, target)
        finally:
            self._asking.discard(fullname)
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return None
        spec.loader = cast("Loader", _Loader(spec.loader, self))
        return spec

    def execute(self, loader: "Loader", module: ModuleType) -> None:
        """Runs a module, then the hooks that waited for it, or leaves them to the outermost import of OpenTelemetry."""
        is_ours = module.__name__.startswith(OURS)
        self._inside.depth += is_ours
        try:
            loader.exec_module(module)
        finally:
            self._inside.depth -= is_ours
        self._inside.waiting += [(hook, module) for hook in self._hooks.pop(module.__name__, ())]
        while self._inside.waiting and not self._inside.depth:
            hook, waited_for = self._inside.waiting.pop(0)
            guard("instrumenting")(hook)(waited_for)


class _Inside(threading.local):
    """How many imports of OpenTelemetry this thread is inside of, and the hooks that wait for the outermost."""

    depth = 0

    def __init__(self) -> None:
        self.waiting: list[tuple[Hook, ModuleType]] = []


def _found(watch: Watch, fullname: str, path: Sequence[str] | None, target: ModuleType | None) -> "ModuleSpec | None":
    for finder in sys.meta_path:
        if finder is not watch and (spec := finder.find_spec(fullname, path, target)):
            return spec
    return None


class _Loader:
    """The loader inside, plus the hooks once the module has run. Everything else is asked of the loader inside."""

    def __init__(self, inside: "Loader", watch: Watch) -> None:
        self._inside = inside
        self._watch = watch

    def create_module(self, spec: "ModuleSpec") -> ModuleType | None:
        return self._inside.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # Whoever reads the module's loader later (resources, inspect, runpy) gets the one that belongs to it.
        module.__loader__ = self._inside
        if module.__spec__ is not None:
            module.__spec__.loader = self._inside
        self._watch.execute(self._inside, module)

    def __getattr__(self, name: str) -> object:
        return getattr(self._inside, name)
