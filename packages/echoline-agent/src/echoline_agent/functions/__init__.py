"""Puts `code.function.name`, `code.file.path` and `code.line.number` on spans.

A span that the program's code causes gets the function found on the stack when it starts. A span that serves a request
gets its function from the framework, once the route is known.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from echoline_agent.settings import AgentSettings


def attach(provider: "TracerProvider", settings: "AgentSettings") -> None:
    """Names functions on all spans of a provider, ours or the program's; a second call for it does nothing."""
    # The agent loads its parts before the program's first import, the SDK only when there is a provider.
    from echoline_agent.functions.attaching import attach_once

    attach_once(provider, settings)
