"""Finds the function that caused a span: the one that started it, serves it, or stands around it."""

import sys
from collections.abc import Mapping
from types import FrameType

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span
from opentelemetry.trace import SpanKind, get_current_span

from echoline_agent.functions import code_names, served
from echoline_agent.functions.code_names import FILE, FUNCTION, LINE, Attributes
from echoline_agent.functions.frames import Frames
from echoline_agent.functions.views import Views

SERVER, CLIENT, PRODUCER, CONSUMER = SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER
OLD_FUNCTION = "code.function"
NATIVE = "fastapi."
"""Spans that FastAPI makes around the parts of a request; it gives them the function, not always the right one."""


class Causes:
    """By kind of span; what a span says itself is completed, not replaced."""

    def __init__(self, frames: Frames, views: Views) -> None:
        self._frames = frames
        self._views = views

    def of(
        self, frame: FrameType, span: Span, kind: SpanKind, given: Mapping[str, object], context: Context | None
    ) -> Attributes | None:
        """What to put on a span that starts; None when nothing is known, or all is there."""
        if given and (FUNCTION in given or OLD_FUNCTION in given):
            return self._completed(span.name, given)
        if kind is SERVER:
            return self._frames.starter(frame)
        if kind is CONSUMER and (task := self._celery_task(span.name)):
            return task
        found = self._frames.function(frame)
        if found is None and (kind is CLIENT or kind is PRODUCER):
            return _around(context)
        return found

    def _completed(self, name: str, attributes: Mapping[str, object]) -> Attributes | None:
        given = attributes.get(FUNCTION)
        if not isinstance(given, str) or FILE in attributes:
            return None
        if name.startswith(NATIVE) and name != f"{NATIVE}background_task":
            # It names what it was given: of a partial `functools.partial`. The route has told which function it is.
            serving = served.being_served()
            if serving and serving.function:
                return serving.function
        return self._views.function(code_names.by_name(given))

    def _celery_task(self, name: str) -> Attributes | None:
        """The task that a worker is about to run: it has made it the current one before the span starts."""
        state = sys.modules.get("celery._state")
        task = state.get_current_task() if state else None
        if task is None or name != f"run/{task.name}":
            return None
        return self._views.function(task.run)


def _around(context: Context | None) -> Attributes | None:
    """That of the span around, or of the view when that span is older: a task of its own has nothing on its stack."""
    span = get_current_span(context)
    serving = served.being_served()
    if serving and serving.function and (getattr(span, "start_time", None) or 0) <= serving.named_ns:
        return serving.function
    given = getattr(span, "attributes", None) or {}
    return {key: given[key] for key in (FUNCTION, FILE, LINE) if key in given} or None
