"""Hands the program's log records to OpenTelemetry without a handler on its loggers.

A handler on the root logger would keep `logging.basicConfig` from doing anything, and Python from writing warnings to
standard error where nothing is configured.
"""

import functools
import os
from types import ModuleType
from typing import Any

from echoline_agent.exporting import loaded
from echoline_agent.guard import guard

HANDLERS = (
    "opentelemetry.instrumentation.logging.handler:LoggingHandler",
    "opentelemetry.sdk._logs:LoggingHandler",
)
"""Where releases have it; the newer place first."""

_providers: list[object] = []


def hand_over(logging: ModuleType) -> None:
    """From now on every record that a logger emits also goes to the global logger provider."""
    from opentelemetry._logs import get_logger_provider

    handler = _handler(get_logger_provider())
    if handler is None:
        return
    _providers[:] = [get_logger_provider()]
    call_handlers = logging.Logger.callHandlers
    emit = guard("logs")(handler.handle)

    @functools.wraps(call_handlers)
    def told(self: Any, record: Any) -> None:
        if _providers and record.levelno >= handler.level and not _is_told_by_the_program(self.root):
            emit(record)
        call_handlers(self, record)

    logging.Logger.callHandlers = told


def leave() -> None:
    """Stops: the program has set a logger provider of its own, and tells its records itself."""
    _providers.clear()


def _handler(provider: object) -> Any:
    for place in HANDLERS:
        try:
            kind = loaded(place)
        except (ModuleNotFoundError, AttributeError):
            continue
        has_code = os.environ.get("OTEL_PYTHON_LOG_CODE_ATTRIBUTES", "").lower() == "true"
        try:
            return kind(logger_provider=provider, log_code_attributes=has_code)
        except TypeError:
            return kind(logger_provider=provider)
    return None


def _is_told_by_the_program(root: Any) -> bool:
    """Whether the program has put a handler of OpenTelemetry's on the root logger itself."""
    return any(
        type(handler).__module__.startswith("opentelemetry.") and hasattr(handler, "_logger_provider")
        for handler in root.handlers
    )
