"""A sampler around the program's own: what is kept is named after the function that caused it."""

import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes as SpanAttributes

from echoline_agent.budget import BUDGET, MEASURED_ONE_IN
from echoline_agent.functions.causes import Causes
from echoline_agent.functions.code_names import Attributes
from echoline_agent.guard import failed

PART = "functions"


class NameFunctions(Sampler):
    """Decides as the inner sampler does, and adds `code.*` to what is recorded."""

    def __init__(self, inner: Sampler, causes: Causes) -> None:
        self.inner = inner
        self._causes = causes
        self._part = BUDGET.part(PART)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: SpanAttributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        more = () if trace_state is None else (trace_state,)
        result = self.inner.should_sample(parent_context, trace_id, name, kind, attributes, links, *more)
        if result.decision is Decision.DROP or not self._part.is_open:
            return result
        found = self._found(sys._getframe(1), parent_context, name, kind, attributes)  # noqa: SLF001 - the way there is
        if not found:
            return result
        return SamplingResult(result.decision, dict(result.attributes or {}, **found), result.trace_state)

    def _found(self, frame: FrameType, *span: Any) -> Attributes | None:
        part = self._part
        try:
            if not part.is_measured():
                return self._causes.of(frame, *span)
            start = time.thread_time()
            found = self._causes.of(frame, *span)
            BUDGET.spend(part, time.thread_time() - start, MEASURED_ONE_IN)
        except Exception as error:  # noqa: BLE001 - a decorator around it would be the dearest part of it
            failed(PART, error)
            return None
        return found

    def get_description(self) -> str:
        return f"NameFunctions{{{self.inner.get_description()}}}"

    def __getattr__(self, name: str) -> Any:
        """The program may ask its sampler for its rate."""
        return getattr(self.inner, name)
