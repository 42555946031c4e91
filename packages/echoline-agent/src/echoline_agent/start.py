"""Starts the agent in a program: at once what must be early, the rest when a supported library is imported."""

import functools
import importlib
import importlib.util
import os
import threading
from collections import deque
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from echoline_agent import bundled, frameworks, log_records, providers
from echoline_agent.budget import BUDGET
from echoline_agent.deferred import Watch
from echoline_agent.guard import guard
from echoline_agent.loud import say
from echoline_agent.settings import AgentSettings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

PARTS = ("functions", "profiling")
"""Packages beside this one: `attach(provider, settings)` is called for each tracer provider in use, ours or the
program's."""
EARLY = ("profiling",)
"""Those whose `begin(settings)` is called before the program's first import. They must not import OpenTelemetry."""

_once = threading.Lock()
_is_started = False


class Activation:
    """What is paid once a program needs it: OpenTelemetry is imported, providers are set, libraries instrumented."""

    def __init__(self, settings: AgentSettings) -> None:
        self._settings = settings
        self._is_done = False
        self._is_out = False
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()

    def run(self, then: Callable[[], None]) -> None:
        """Sets up providers if that is not done, then calls `then`; never waits for another thread's import.

        Whoever comes while providers are being set up, from this thread or another one, is called when that is over.
        """
        self._waiting.append(then)
        while self._waiting and self._lock.acquire(blocking=False):
            try:
                if not self._is_done:
                    self._is_done = True
                    self._set_up()
                while self._waiting:
                    then = self._waiting.popleft()
                    if not self._is_out:
                        guard("instrumenting")(then)()
            finally:
                self._lock.release()

    def _set_up(self) -> None:
        if not guard("joining")(bundled.join)():
            self._is_out = True
            return
        for name, value in providers.DEFAULTS.items():
            os.environ.setdefault(name, value)
        guard("providers")(providers.set_up)(self._settings, functools.partial(attach, settings=self._settings))


@guard("starting")
def start(settings: AgentSettings) -> None:
    """Starts the agent; a second call does nothing. Cheap: OpenTelemetry itself is imported only when it is needed."""
    global _is_started
    with _once:
        if _is_started or not settings.is_enabled:
            return
        _is_started = True
    for complaint in settings.complaints:
        say(complaint)
    BUDGET.share = settings.budget_share
    for name in EARLY:
        if (part := _part(name, settings)) and hasattr(part, "begin"):
            guard(name)(part.begin)(settings)
    _watch(settings, Activation(settings))


def _watch(settings: AgentSettings, activation: Activation) -> None:
    watch = Watch()
    if not (disabled := settings.disabled_instrumentations) >= {"*"}:
        for framework in frameworks.FRAMEWORKS:
            if framework.name not in disabled:
                watch.add(framework.module, functools.partial(_imported, activation, framework))
        if "logging" not in disabled and "logs" not in settings.off:
            watch.add("logging", functools.partial(_log_later, activation))
    # A program that makes spans by hand needs a provider as well.
    watch.add("opentelemetry.trace", lambda _: activation.run(lambda: None))
    if settings.is_eager:
        activation.run(lambda: None)


def _imported(activation: Activation, framework: frameworks.Framework, module: ModuleType) -> None:
    activation.run(lambda: framework.apply(framework, module))


def _log_later(activation: Activation, module: ModuleType) -> None:
    """Starts with the first log record that is emitted, or with whatever else activates before."""
    call_handlers = module.Logger.callHandlers

    def first(self: Any, record: Any) -> None:
        module.Logger.callHandlers = call_handlers
        activation.run(lambda: log_records.hand_over(module))
        self.callHandlers(record)

    module.Logger.callHandlers = first


def attach(provider: "TracerProvider", settings: AgentSettings) -> None:
    """Hands a tracer provider to every part that is not left out."""
    for name in PARTS:
        if (part := _part(name, settings)) and hasattr(part, "attach"):
            guard(name)(part.attach)(provider, settings)


def _part(name: str, settings: AgentSettings) -> ModuleType | None:
    if name in settings.off or importlib.util.find_spec(f"echoline_agent.{name}") is None:
        return None
    return guard(name)(importlib.import_module)(f"echoline_agent.{name}")
