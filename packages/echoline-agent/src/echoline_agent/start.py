"""Starts the agent in a program: at once what must be early, the rest when a supported library is imported."""

import importlib
import importlib.util
import threading
from types import ModuleType
from typing import TYPE_CHECKING

from echoline_agent.budget import BUDGET
from echoline_agent.guard import guard
from echoline_agent.loud import say
from echoline_agent.settings import AgentSettings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

PARTS = ("functions", "profiling")
"""Packages beside this one. `begin(settings)`, where a part has it, is called before the program's first import and
must not import OpenTelemetry; `attach(provider, settings)` for each tracer provider in use, ours or the program's."""

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
    BUDGET.share = settings.budget_share
    for name in PARTS:
        if (part := _part(name, settings)) and hasattr(part, "begin"):
            guard(name)(part.begin)(settings)


def attach(provider: "TracerProvider", settings: AgentSettings) -> None:
    """Hands a tracer provider to every part that is not left out."""
    for name in PARTS:
        if (part := _part(name, settings)) and hasattr(part, "attach"):
            guard(name)(part.attach)(provider, settings)


def _part(name: str, settings: AgentSettings) -> ModuleType | None:
    if name in settings.off or importlib.util.find_spec(f"echoline_agent.{name}") is None:
        return None
    return guard(name)(importlib.import_module)(f"echoline_agent.{name}")
