"""Learns from the frameworks which view they are about to call, and names the span that is being served after it."""

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import wrapt

from echoline_agent.functions.served import name_served
from echoline_agent.functions.views import Views
from echoline_agent.guard import guard

PART = "functions"
MARK = "_echoline_agent_names_views"

# The frameworks are the program's, of whatever release, and say little of their types.
Owner = Any
Before = Callable[..., None]


class Frameworks:
    """Wraps, in each framework, the place where it knows the view and has not called it yet."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def watch(self) -> None:
        """Wraps each framework when it is imported, or now."""
        for module, wrap in (
            ("django.core.handlers.base", self._django),
            ("flask.app", self._flask),
            ("starlette.routing", self._starlette),
            ("fastapi.routing", self._fastapi),
        ):
            wrapt.register_post_import_hook(guard(PART)(wrap), module)

    def _django(self, module: ModuleType) -> None:
        @guard(PART)
        def learn(match: Owner, _: Owner, request: Owner) -> None:
            name_served(self._views.function(match.func, request.method or ""))

        after(module.BaseHandler, "resolve_request", learn)

    def _flask(self, module: ModuleType) -> None:
        request = module.request

        @guard(PART)
        def learn(app: Owner, *_: object, **__: object) -> None:
            rule = request.url_rule
            if rule is None or (request.method == "OPTIONS" and rule.provide_automatic_options):
                return
            name_served(self._views.function(app.view_functions.get(rule.endpoint), request.method))

        before(module.Flask, "dispatch_request", learn)
        # A view that never ran because something answered before it is still what was asked for.
        before(module.Flask, "finalize_request", learn)

    def _starlette(self, module: ModuleType) -> None:
        before(module.Route, "handle", self._learn_route)
        before(module.WebSocketRoute, "handle", self._learn_route)

    def _fastapi(self, module: ModuleType) -> None:
        # Older releases inherit it from Starlette's route, and have it from there.
        if "handle" in vars(module.APIRoute):
            before(module.APIRoute, "handle", self._learn_route)

    @property
    def _learn_route(self) -> Before:
        @guard(PART)
        def learn(route: Owner, scope: Owner, *_: object, **__: object) -> None:
            method = scope.get("method", "")
            if method and route.methods and method not in route.methods:
                return
            name_served(self._views.function(route.endpoint, method))

        return learn


def before(owner: Owner, name: str, learn: Before) -> None:
    """Has the function learn from a method's arguments before each call; a coroutine is handed on as it is."""
    method = getattr(owner, name)

    @functools.wraps(method)
    def told(*args: Any, **kwargs: Any) -> Any:
        learn(*args, **kwargs)
        return method(*args, **kwargs)

    _put(owner, name, method, told)


def after(owner: Owner, name: str, learn: Before) -> None:
    """Has the function learn from a method's answer and arguments after each call."""
    method = getattr(owner, name)

    @functools.wraps(method)
    def told(*args: Any, **kwargs: Any) -> Any:
        answer = method(*args, **kwargs)
        learn(answer, *args, **kwargs)
        return answer

    _put(owner, name, method, told)


def _put(owner: Owner, name: str, method: Owner, told: Owner) -> None:
    """Once: a second provider shares what the first one watches."""
    if getattr(method, MARK, False):
        return
    setattr(told, MARK, True)
    setattr(owner, name, told)
