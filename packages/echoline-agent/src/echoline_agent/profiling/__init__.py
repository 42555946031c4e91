"""What spans do not see: CPU per function and call path, and which functions were entered at all.

`begin` comes before the program's first import and starts the census; `attach` comes with the first tracer provider and
starts the sampler and the thread that sends what both found.
"""

from typing import TYPE_CHECKING

from echoline_agent.loud import say
from echoline_agent.profiling.census import Census
from echoline_agent.profiling.timer import watch_exec

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from echoline_agent.profiling.running import Running
    from echoline_agent.settings import AgentSettings

_census: Census | None = None
_refusal: str | None = None
_running: "Running | None" = None


def begin(settings: "AgentSettings") -> None:
    """Starts the census, so that it sees every import, and watches exec; a second call does nothing."""
    global _census, _refusal
    if _census is None:
        _census = Census(with_libraries=bool(settings.include))
        _refusal = _census.start()
        # So early that nobody has taken the functions out of `os` yet.
        watch_exec()


def attach(provider: "TracerProvider", settings: "AgentSettings") -> None:
    """Starts the sampler, with the resource of the provider that came last; a second call changes only that."""
    from echoline_agent.profiling.running import Running  # it imports OpenTelemetry, which `begin` must not

    global _running
    begin(settings)
    if _running is None and _census is not None:
        _running = Running(_census, settings)
        _running.start(provider)
        # Not in `begin`: most Python programs that an environment starts are never instrumented.
        if _refusal is not None:
            say(f"functions entered are not counted: {_refusal}")
    elif _running is not None:
        _running.provider = provider
