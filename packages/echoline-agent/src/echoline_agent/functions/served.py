"""Keeps the span of the request or message that is being served, until its function is known."""

import time
from contextvars import ContextVar

from opentelemetry.sdk.trace import Span

from echoline_agent.functions.code_names import Attributes


class Served:
    """A span of kind SERVER with the one around it."""

    __slots__ = ("function", "named_ns", "outer", "span")

    def __init__(self, span: Span, outer: "Served | None") -> None:
        self.span = span
        self.outer = outer
        self.function: Attributes | None = None
        self.named_ns = 0
        """When its function became known: spans that are older belong to middleware."""


_served: ContextVar[Served | None] = ContextVar("echoline_agent_served", default=None)
# The current span would not do: middleware has spans of its own inside the one of the request.


def serve(span: Span) -> None:
    """Remembers a span of kind SERVER in the context that it starts in."""
    _served.set(Served(span, being_served()))


def being_served() -> Served | None:
    """The innermost that has not ended: a thread of a server keeps the context of requests long past."""
    served = _served.get()
    while served is not None and not served.span.is_recording():
        served = served.outer
    return served


def name_served(function: Attributes | None) -> None:
    """Puts the function on the span that is being served, if there is one and the function is the program's."""
    if function and (served := being_served()) and served.function is not function:
        served.function, served.named_ns = function, time.time_ns()
        served.span.set_attributes(function)
