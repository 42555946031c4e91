"""A span processor that names the function behind each span when it starts."""

import sys
import time
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span, SpanProcessor
from opentelemetry.trace import SpanKind

from echoline_agent.budget import BUDGET
from echoline_agent.functions import served
from echoline_agent.functions.causes import Causes
from echoline_agent.functions.code_names import Attributes
from echoline_agent.guard import failed

PART = "functions"
MEASURED_ONE_IN = 64
"""The clock of a thread is read for one span in so many: reading it costs as much as a walk."""

SERVER = SpanKind.SERVER
"""Looking a member up costs more than comparing with it."""

Put = Callable[[Any, Any, Attributes], None]


class NameFunctions(SpanProcessor):
    """Adds `code.*` to what is recorded; what is not sampled never comes here, and costs nothing."""

    def __init__(self, causes: Causes) -> None:
        self._causes = causes
        self._part = BUDGET.part(PART)
        self._left = MEASURED_ONE_IN
        is_direct = can_put_directly()
        self._given: Callable[[Any], Any] = attrgetter("_attributes._dict" if is_direct else "attributes")
        self._put: Put = put_directly if is_direct else put_publicly

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        kind = span.kind
        if kind is SERVER:
            served.serve(span)
        if not self._part.is_open:
            return
        # No decorator around it: that would be the dearest part.
        try:
            self._left -= 1
            if self._left > 0:
                given = self._given(span)
                found = self._causes.of(sys._getframe(1), span, kind, given, parent_context)  # noqa: SLF001 - the only way
                if found:
                    self._put(span, given, found)
            else:
                self._measured(span, parent_context)
        except Exception as error:  # noqa: BLE001
            failed(PART, error)

    def _measured(self, span: Span, context: Context | None) -> None:
        start = time.thread_time()
        self._left = 2
        self.on_start(span, context)
        self._left = MEASURED_ONE_IN
        BUDGET.spend(self._part, time.thread_time() - start, MEASURED_ONE_IN)


def put_publicly(span: Any, _: Attributes, found: Attributes) -> None:
    """As anyone would."""
    span.set_attributes(found)


def put_directly(span: Any, kept: Any, found: Attributes) -> None:
    """Past the SDK's checks of each key and value, which cost more than all the rest: these are known to be right.

    Nobody else has the span yet, so no lock is needed. Where the program limits lengths, the SDK does it.
    """
    store = span._attributes  # noqa: SLF001
    if store.max_value_len is None and (store.maxlen is None or len(kept) + len(found) <= store.maxlen):
        kept.update(found)
    else:
        span.set_attributes(found)


def can_put_directly() -> bool:
    """Whether this release of the SDK keeps attributes as those do that we know."""
    tried: Any = BoundedAttributes(maxlen=2, immutable=False)
    kept = getattr(tried, "_dict", None)
    if not isinstance(kept, dict) or not hasattr(tried, "max_value_len"):
        return False
    kept["tried"] = 1
    return dict(tried) == {"tried": 1}
