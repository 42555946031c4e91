"""Which libraries are instrumented, by what, and what each needs beyond OpenTelemetry's own instrumentation."""

import functools
import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from echoline_agent import exporting
from echoline_agent.guard import guard
from echoline_agent.loud import say

TOLD_BY_DRIVERS = {"pysqlite": "sqlite3", "psycopg": "psycopg", "psycopg2": "psycopg2", "asyncpg": "asyncpg"}
"""SQLAlchemy's drivers that tell their calls themselves: SQLAlchemy then tells no second time (decision 0016)."""

PIECES = ["receive", "send"]
"""Spans of single ASGI messages, inside the request's: several a request, and no code of the program's is in them."""


def _plainly(framework: "Framework", _: ModuleType) -> None:
    instrument(framework)


@dataclass(frozen=True)
class Framework:
    """A library: its name in settings, and the instrumentor."""

    name: str
    instrumentor: str
    apply: Callable[["Framework", ModuleType], None] = _plainly

    @property
    def distribution(self) -> str:
        """What to install where the instrumentation is missing."""
        return f"opentelemetry-instrumentation-{self.name}"


def instrument(framework: Framework, **options: Any) -> None:
    """Instruments a library, unless the program has done it; says in a line what is in the way."""
    instrumentor = found(framework)
    if instrumentor is None or instrumentor.is_instrumented_by_opentelemetry:
        return
    try:
        instrumentor.instrument(raise_exception_on_conflict=True, **options)
    except Exception as error:
        if type(error).__name__ != "DependencyConflictError":
            raise
        say(f"{framework.name} is not instrumented, its version does not fit: {error}")


def is_there(framework: Framework) -> bool:
    """Whether the package that instruments a library is installed."""
    return importlib.util.find_spec(framework.instrumentor.partition(":")[0]) is not None


def found(framework: Framework) -> Any:
    """The one instrumentor of a library; None, with a loud line, where its package is missing."""
    try:
        return exporting.loaded(framework.instrumentor)()
    except ModuleNotFoundError as error:
        say(f"{framework.name} is not instrumented ({error}); pip install {framework.distribution}")
        return None


def _django(framework: Framework, module: ModuleType) -> None:
    """Instruments when Django first loads its middleware: only then its settings are known for certain.

    With none, OpenTelemetry's instrumentation would configure empty ones, and every request would fail.
    """
    _before(sys.modules["django"], "setup", _has_settings)
    _before(module.BaseHandler, "load_middleware", lambda: instrument(framework) if _has_settings() else None)


def _before(owner: Any, name: str, act: Callable[[], object]) -> None:
    function = getattr(owner, name)

    @functools.wraps(function)
    def acting(*args: Any, **kwargs: Any) -> Any:
        guard("instrumenting")(act)()
        return function(*args, **kwargs)

    setattr(owner, name, acting)


def _has_settings() -> bool:
    """Whether Django has settings; says so loudly where it has none."""
    has_them = exporting.loaded("django.conf:settings").configured or bool(os.environ.get("DJANGO_SETTINGS_MODULE"))
    if not has_them:
        say("Django is not instrumented: it has no settings; export DJANGO_SETTINGS_MODULE=yourproject.settings")
    return has_them


def _starlette(framework: Framework, module: ModuleType) -> None:
    """Instruments each application as it is made; FastAPI's are left to FastAPI, whose class derives from it."""
    instrumentor = found(framework)
    if instrumentor is None or instrumentor.is_instrumented_by_opentelemetry:
        return
    _told(instrumentor)

    def made(app: Any) -> None:
        if not any(kind.__module__.startswith("fastapi.") for kind in type(app).__mro__):
            instrumentor.instrument_app(app)
            for middleware in app.user_middleware:
                if middleware.cls.__name__ == "OpenTelemetryMiddleware":
                    middleware.kwargs.setdefault("exclude_spans", PIECES)

    _after_init(module.Starlette, made)


def _fastapi(framework: Framework, module: ModuleType) -> None:
    """Leaves applications to FastAPI's own telemetry where it has one, and keeps others from telling a second time."""
    try:
        exporting.loaded("fastapi.telemetry:TelemetryConfig")
    except (ModuleNotFoundError, AttributeError):
        instrument(framework, exclude_spans=PIECES)
        return
    instrumentor = found(framework)
    if instrumentor is not None and not instrumentor.is_instrumented_by_opentelemetry:
        _told(instrumentor)
        _after_init(module.FastAPI, lambda app: setattr(app, "_is_instrumented_by_opentelemetry", True))


def _told(instrumentor: Any) -> None:
    # A later `.instrument()` by the program itself then does nothing.
    instrumentor._is_instrumented_by_opentelemetry = True  # noqa: SLF001


def _after_init(kind: Any, made: Callable[[Any], None]) -> None:
    init = kind.__init__

    @functools.wraps(init)
    def watched(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        guard("instrumenting")(made)(self)

    kind.__init__ = watched


def _sqlalchemy(framework: Framework, _: ModuleType) -> None:
    """Instruments each engine as it is made, but those whose driver tells the same calls, nearer to the database."""
    from opentelemetry import metrics, trace

    instrumentor = found(framework)
    if instrumentor is None or instrumentor.is_instrumented_by_opentelemetry:
        return
    _told(instrumentor)
    tracers = exporting.loaded("opentelemetry.instrumentation.sqlalchemy.engine:EngineTracer")
    scope = "opentelemetry.instrumentation.sqlalchemy"
    usage = metrics.get_meter(scope).create_up_down_counter("db.client.connections.usage", "connections")

    def made(engine: Any) -> None:
        driver = FRAMEWORKS.get(TOLD_BY_DRIVERS.get(getattr(engine, "driver", ""), ""))
        if driver is None or not _is_instrumented(driver):
            tracers(trace.get_tracer(scope), engine, usage)

    _after_init(exporting.loaded("sqlalchemy.engine.base:Engine"), made)


def _sqlite3(framework: Framework, module: ModuleType) -> None:
    """Instruments, and also traces the shortcuts on connections, which OpenTelemetry's instrumentation lets pass."""
    instrument(framework)
    proxy = exporting.loaded("opentelemetry.instrumentation.dbapi:TracedConnectionProxy")

    better = type(
        "Connection",
        (proxy,),
        {
            "execute": lambda self, *args: self.cursor().execute(*args),
            "executemany": lambda self, *args: self.cursor().executemany(*args),
        },
    )
    places: tuple[Any, ...] = (module, module.dbapi2)
    for place in places:
        place.connect = _with_shortcuts(place.connect, proxy, better)


def _with_shortcuts(connect: Any, proxy: Any, better: Any) -> Any:
    @functools.wraps(connect)
    def connected(*args: Any, **kwargs: Any) -> Any:
        connection: Any = connect(*args, **kwargs)
        integration = getattr(connection, "_self_db_api_integration", None)
        is_plain = type(connection) is not proxy or integration is None
        return connection if is_plain else better(connection.__wrapped__, integration)

    return connected


def _is_instrumented(framework: Framework) -> bool:
    instrumentor = found(framework)
    return instrumentor is not None and bool(instrumentor.is_instrumented_by_opentelemetry)


def _contrib(name: str, instrumentor: str, apply: Any = _plainly) -> Framework:
    return Framework(name, f"opentelemetry.instrumentation.{name}:{instrumentor}Instrumentor", apply)


FRAMEWORKS = {
    framework.name: framework
    for framework in (
        _contrib("django", "Django", _django),
        _contrib("flask", "Flask"),
        _contrib("fastapi", "FastAPI", _fastapi),
        _contrib("starlette", "Starlette", _starlette),
        _contrib("celery", "Celery"),
        _contrib("sqlalchemy", "SQLAlchemy", _sqlalchemy),
        _contrib("psycopg", "Psycopg"),
        _contrib("psycopg2", "Psycopg2"),
        _contrib("sqlite3", "SQLite3", _sqlite3),
        _contrib("asyncpg", "AsyncPG"),
        _contrib("requests", "Requests"),
        _contrib("httpx", "HTTPXClient"),
        _contrib("redis", "Redis"),
    )
}
