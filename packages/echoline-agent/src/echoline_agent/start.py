"""Starts the agent in a program: at once what must be early, the rest when a supported library is imported."""

import functools
import importlib
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any

from echoline_agent.deferred import Watch
from echoline_agent.guard import guard
from echoline_agent.loud import say
from echoline_agent.settings import AgentSettings
from echoline_agent.triggers import TRIGGERS

if TYPE_CHECKING:
    from echoline_agent.activation import Activation

EARLY = ("profiling",)
"""Packages beside this one whose `begin(settings)` is called before the program's first import.

They must not import OpenTelemetry.
"""

_once = threading.Lock()
_is_started = False


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
    for name in EARLY:
        if name not in settings.off:
            guard(name)(_begin)(name, settings)
    _watch(settings)


def _begin(name: str, settings: AgentSettings) -> None:
    importlib.import_module(f"echoline_agent.{name}").begin(settings)


def _watch(settings: AgentSettings) -> None:
    @functools.cache
    def activation() -> "Activation":
        from echoline_agent.activation import Activation  # what a plain program does not pay for

        return Activation(settings)

    watch = Watch()
    if not (disabled := settings.disabled_instrumentations) >= {"*"}:
        for name, module in TRIGGERS.items():
            if name not in disabled:
                watch.add(module, lambda found, name=name: activation().instrument(name, found))  # type: ignore[misc]
        if "logging" not in disabled and "logs" not in settings.off:
            watch.add("logging", lambda found: _at_first_record(found, lambda: activation().hand_over(found)))
    # A program that makes spans by hand needs a provider as well.
    watch.add("opentelemetry.trace", lambda _: activation().run())
    if settings.is_eager:
        activation().run()


def _at_first_record(logging: ModuleType, then: Any) -> None:
    """Calls `then` before the first log record that is emitted goes to handlers."""
    call_handlers = logging.Logger.callHandlers

    def first(self: Any, record: Any) -> None:
        logging.Logger.callHandlers = call_handlers
        then()
        self.callHandlers(record)

    logging.Logger.callHandlers = first
