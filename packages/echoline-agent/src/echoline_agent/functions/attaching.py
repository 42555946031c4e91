"""Puts the parts together for one tracer provider."""

import weakref

from opentelemetry.sdk.trace import ConcurrentMultiSpanProcessor, TracerProvider

from echoline_agent.functions.causes import Causes
from echoline_agent.functions.frames import Frames
from echoline_agent.functions.frameworks import Frameworks
from echoline_agent.functions.naming import NameFunctions
from echoline_agent.functions.program import Program
from echoline_agent.functions.views import Views
from echoline_agent.loud import say
from echoline_agent.settings import AgentSettings

_attached: "weakref.WeakSet[TracerProvider]" = weakref.WeakSet()


def attach_once(provider: TracerProvider, settings: AgentSettings) -> None:
    """Names functions on all spans of the provider, of tracers that the program has already, too."""
    if provider in _attached:
        return
    _attached.add(provider)
    if isinstance(getattr(provider, "_active_span_processor", None), ConcurrentMultiSpanProcessor):
        say("the program runs its span processors in threads of their own, so functions are not named")
        return
    program = Program(settings.include, settings.exclude)
    views = Views(program)
    provider.add_span_processor(NameFunctions(Causes(Frames(program), views)))
    Frameworks(views).watch()
