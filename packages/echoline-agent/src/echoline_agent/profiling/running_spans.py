"""Which span a thread is running: its own by context, another thread's by what is seen from outside."""

import asyncio
import contextvars
import functools
import threading
from collections.abc import Callable, Mapping
from types import CodeType, FrameType

from opentelemetry import context as contexts
from opentelemetry import trace

from echoline_agent.profiling.samples import NO_SPAN, SpanIds

# Frames that run a function in a copy of its caller's context, in files whose path ends so, and the local variable that
# leads there: the context itself, its bound method `run`, or a partial of that.
_CARRIERS = {
    ("anyio/_backends/_asyncio.py", "run"): "context",
    ("asgiref/sync.py", "run_child"): "context",
    ("asgiref/sync.py", "thread_handler"): "func",
    ("concurrent/futures/thread.py", "run"): "self",
}
_MAX_LOOKED_AT = 60
_MAX_THREADS = 10_000


def own_span() -> SpanIds:
    """The span of the thread, task or greenlet that asks."""
    return _ids(contexts.get_current())


def _ids(context: contexts.Context) -> SpanIds:
    span = trace.get_current_span(context)
    found = span.get_span_context()
    # A span that has ended is a leftover: a worker thread got its next work in a context that nobody attached.
    if not found.is_valid or getattr(span, "end_time", None) is not None:
        return NO_SPAN
    return SpanIds(found.trace_id, found.span_id)


class RunningSpans:
    """The contexts that other threads attached last, kept by wrapping OpenTelemetry's attach and detach."""

    def __init__(self) -> None:
        self._attached: dict[int, tuple[contexts.Context, asyncio.AbstractEventLoop | None]] = {}
        self._variable: contextvars.ContextVar[contexts.Context] | None = None

    def watch(self) -> None:
        """Starts to watch. A runtime context other than OpenTelemetry's usual one is watched without tasks."""
        runtime = contexts._RUNTIME_CONTEXT  # noqa: SLF001 - the API has no other place where every attach passes
        variable = getattr(runtime, "_current_context", None)
        self._variable = variable if isinstance(variable, contextvars.ContextVar) else None
        attach, detach, current, main = runtime.attach, runtime.detach, runtime.get_current, threading.main_thread()
        remember, running_loop, ident = self._remember, asyncio._get_running_loop, threading.get_ident  # noqa: SLF001

        @functools.wraps(attach)
        def watched_attach(context: contexts.Context) -> contextvars.Token[contexts.Context]:
            token = attach(context)
            if (thread := ident()) != main.ident:
                remember(thread, context, running_loop())
            return token

        @functools.wraps(detach)
        def watched_detach(token: contextvars.Token[contexts.Context]) -> None:
            detach(token)
            if (thread := ident()) != main.ident:
                remember(thread, current(), running_loop())

        runtime.attach, runtime.detach = watched_attach, watched_detach  # type: ignore[method-assign]

    def forget(self, alive: Mapping[int, object]) -> None:
        """Drops threads that have ended."""
        for ident in [each for each in self._attached if each not in alive]:
            self._attached.pop(ident, None)

    def of_thread(self, ident: int, frame: FrameType) -> SpanIds:
        """The span of another thread, which stands at `frame`."""
        context, loop = self._attached.get(ident, (None, None))
        if loop is not None:
            task = asyncio.current_task(loop)
            context = self._read(_context_of(task)) if task is not None else None
        elif (carried := _carried(frame)) is not None:
            context = self._read(carried)
        return _ids(context) if context is not None else NO_SPAN

    def _remember(self, ident: int, context: contexts.Context, loop: asyncio.AbstractEventLoop | None) -> None:
        if len(self._attached) < _MAX_THREADS or ident in self._attached:
            self._attached[ident] = (context, loop)

    def _read(self, context: contextvars.Context | None) -> contexts.Context | None:
        return context.get(self._variable) if context is not None and self._variable is not None else None


def _context_of(task: "asyncio.Task[object]") -> contextvars.Context | None:
    get_context: Callable[[], contextvars.Context] | None = getattr(task, "get_context", None)
    if get_context is not None:
        return get_context()
    import gc  # Python 3.11 tells a task's context to nobody but the collector

    return next((each for each in gc.get_referents(task) if isinstance(each, contextvars.Context)), None)


def _carried(frame: FrameType | None) -> contextvars.Context | None:
    """The context in which a pool of threads runs the function above `frame`, if a known pool does."""
    for _ in range(_MAX_LOOKED_AT):
        if frame is None:
            return None
        if (name := _carrier(frame.f_code)) is not None:
            return _opened(frame.f_locals.get(name))
        frame = frame.f_back
    return None


@functools.lru_cache(1024)
def _carrier(code: CodeType) -> str | None:
    for (file, function), variable in _CARRIERS.items():
        if code.co_name == function and code.co_filename.replace("\\", "/").endswith(file):
            return variable
    return None


def _opened(found: object) -> contextvars.Context | None:
    """The context behind a work item, a partial or a bound method."""
    for _ in range(4):
        if isinstance(found, contextvars.Context):
            return found
        work = getattr(found, "fn", None) or getattr(found, "func", None) or getattr(found, "__self__", None)
        if work is None:
            return None
        found = work
    return None
