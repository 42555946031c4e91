"""What is paid once a program needs it: OpenTelemetry is imported, providers are set, libraries are instrumented."""

import functools
import importlib
import importlib.util
import os
import threading
from collections import deque
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

from echoline_agent import bundled, frameworks, log_records, providers
from echoline_agent.guard import guard
from echoline_agent.settings import AgentSettings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

PARTS = ("functions", "profiling")
"""Packages beside this one: `attach(provider, settings)` is called for each tracer provider in use, ours or the
program's."""


class Activation:
    """Sets up everything at the first need, and lets what came too early wait."""

    def __init__(self, settings: AgentSettings) -> None:
        self._settings = settings
        self._is_done = False
        self._is_ready = False
        self._is_out = False
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()

    def run(self, then: Callable[[], None] = lambda: None) -> None:
        """Sets up providers if that is not done, then calls `then`; never waits for another thread's import.

        Whoever comes while providers are being set up, from this thread or another one, is called when that is over.
        """
        self._waiting.append(then)
        while self._waiting and self._lock.acquire(blocking=False):
            try:
                if not self._is_done:
                    self._is_done = True
                    self._set_up()
                    self._is_ready = True
                while self._waiting:
                    then = self._waiting.popleft()
                    if not self._is_out:
                        guard("instrumenting")(then)()
            finally:
                self._lock.release()

    def instrument(self, name: str, module: ModuleType) -> None:
        """Instruments a library that has been imported."""
        framework = frameworks.FRAMEWORKS[name]
        is_of_exporters = self._is_done and not self._is_ready and not frameworks.is_there(framework)
        if not is_of_exporters:  # nobody misses what only our own exporters use
            self.run(lambda: framework.apply(framework, module))

    def hand_over(self, logging: ModuleType) -> None:
        """Lets log records go to OpenTelemetry too."""
        self.run(lambda: log_records.hand_over(logging))

    def _set_up(self) -> None:
        if not guard("joining")(bundled.join)():
            self._is_out = True
            return
        for name, value in providers.DEFAULTS.items():
            os.environ.setdefault(name, value)
        guard("providers")(providers.set_up)(self._settings, functools.partial(attach, settings=self._settings))


def attach(provider: "TracerProvider", settings: AgentSettings) -> None:
    """Hands a tracer provider to every part that is not left out."""
    for name in PARTS:
        if (found := part(name, settings)) and hasattr(found, "attach"):
            guard(name)(found.attach)(provider, settings)


def part(name: str, settings: AgentSettings) -> ModuleType | None:
    """A package beside this one; None when it is left out, or cannot be imported."""
    if name in settings.off or importlib.util.find_spec(f"echoline_agent.{name}") is None:
        return None
    return guard(name)(importlib.import_module)(f"echoline_agent.{name}")
