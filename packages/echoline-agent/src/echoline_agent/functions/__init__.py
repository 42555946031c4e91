"""Puts `code.function.name`, `code.file.path` and `code.line.number` on spans, in the two ways that `attach` sets up.

A span that the program's code causes gets the function found on the stack, by a sampler around the program's own. A
span that serves a request gets its function from the framework, once the route is known.
"""

import gc
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace import Tracer, TracerProvider

from echoline_agent.functions.causes import Causes
from echoline_agent.functions.frames import Frames
from echoline_agent.functions.frameworks import Frameworks
from echoline_agent.functions.program import Program
from echoline_agent.functions.sampling import NameFunctions
from echoline_agent.functions.served import KeepServed
from echoline_agent.functions.views import Views

if TYPE_CHECKING:
    from echoline_agent.settings import AgentSettings


def attach(provider: TracerProvider, settings: "AgentSettings") -> None:
    """Names functions on all spans of a provider, ours or the program's; a second call for it does nothing."""
    if isinstance(provider.sampler, NameFunctions):
        return
    program = Program(settings.include, settings.exclude)
    views = Views(program)
    provider.sampler = NameFunctions(provider.sampler, Causes(Frames(program), views))
    for tracer in _tracers(provider):
        tracer.sampler = provider.sampler
    provider.add_span_processor(KeepServed())
    Frameworks(views).watch()


def _tracers(provider: TracerProvider) -> list[Tracer]:
    """Those that the program has already: each took the sampler along when it was made."""
    known = getattr(provider, "_tracers", None)
    if isinstance(known, dict):
        return list(known.values())
    # Before 1.39 a provider does not remember them.
    mine = provider._active_span_processor  # noqa: SLF001
    return [each for each in gc.get_objects() if isinstance(each, Tracer) and each.span_processor is mine]
