"""One span of `@instrument`: started, current while its function runs, ended with what was raised."""

from collections.abc import Mapping
from contextvars import Token
from types import TracebackType

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import INVALID_SPAN, Span, Status, StatusCode
from opentelemetry.util.types import AttributeValue

from echoline_agent.guard import failed

PART = "functions"
TRACER = trace.get_tracer("echoline_agent")
"""Of whichever provider the program has or gets; without one its spans are nothing."""


class ActiveSpan:
    """A context manager that never raises anything of its own."""

    __slots__ = ("_context", "_records", "_token", "span")

    def __init__(self, name: str, attributes: Mapping[str, AttributeValue], *, records: bool) -> None:
        self._token: Token[Context] | None = None
        self._context: Context | None = None
        self._records = records
        try:
            self.span: Span = TRACER.start_span(name, attributes=attributes)
            if self.span.get_span_context().is_valid:
                self._context = trace.set_span_in_context(self.span)
        except Exception as error:  # noqa: BLE001 - a sampler or processor of the program may raise
            failed(PART, error)
            self.span = INVALID_SPAN

    def step(self) -> "Step":
        """Around each step of a function that runs in steps: in between the span lasts, and is not current."""
        return Step(self)

    def enter(self) -> None:
        """Makes it current, with whatever the function had made current inside it when it paused."""
        if self._context is not None:
            self._token = context.attach(self._context)

    def leave(self) -> None:
        """Gives back what was current before."""
        if self._token is not None:
            self._context = context.get_current()
            context.detach(self._token)
            self._token = None

    def __enter__(self) -> None:
        self.enter()

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        self.leave()
        self.end(error)

    def end(self, error: BaseException | None) -> None:
        """Ends it; an exception is an error of the span, but not that somebody closed, cancelled or left."""
        try:
            if isinstance(error, Exception) and self.span.is_recording():
                if self._records:
                    self.span.record_exception(error)
                text = f"{type(error).__name__}: {error}" if self._records else type(error).__name__
                self.span.set_status(Status(StatusCode.ERROR, text))
            self.span.end()
        except Exception as own:  # noqa: BLE001
            failed(PART, own)


class Step:
    """One step of a generator."""

    __slots__ = ("_active",)

    def __init__(self, active: ActiveSpan) -> None:
        self._active = active

    def __enter__(self) -> None:
        self._active.enter()

    def __exit__(self, *_: object) -> None:
        self._active.leave()
