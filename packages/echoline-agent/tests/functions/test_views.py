"""Whatever a framework calls leads to the function that the program wrote."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from echoline_agent.functions.program import Program
from echoline_agent.functions.views import Views
from functions.libraries import library

HERE = __name__
VIEWS = Views(Program())

LIBRARY = library("""
    import functools

    class View:
        def get(self): ...
        @classmethod
        def as_view(cls):
            def view(): ...
            view.view_class = cls
            return view

    class ViewSet:
        @classmethod
        def as_view(cls, actions):
            def view(): ...
            view.cls, view.actions = cls, actions
            return view

    def api_view(function):
        def handler(*args): return function(*args)
        wrapped = type("Wrapped", (View,), {"get": handler})
        wrapped.__module__ = __name__
        return wrapped.as_view()

    def helper(): ...
""")
View: Any = LIBRARY["View"]
ViewSet: Any = LIBRARY["ViewSet"]


def plain() -> None: ...


async def asynchronous() -> None: ...


def logged(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def wrapper() -> None: ...

    return wrapper


class Orders(View):  # type: ignore[misc]
    def post(self) -> None: ...

    async def put(self) -> None: ...

    @logged
    def patch(self) -> None: ...


class MoreOrders(Orders):
    pass


class Carts(ViewSet):  # type: ignore[misc]
    def list(self) -> None: ...


class Caller:
    def __call__(self) -> None: ...

    def method(self) -> None: ...


with_dispatch = Orders.as_view()
with_dispatch.__wrapped__ = plain  # what Django copies from a decorated `dispatch`


@pytest.mark.parametrize(
    ("view", "method", "found"),
    [
        (plain, "GET", "plain"),
        (asynchronous, "GET", "asynchronous"),
        (logged(logged(plain)), "GET", "plain"),
        (functools.partial(functools.partial(plain), 1), "GET", "plain"),
        (Caller(), "GET", "Caller.__call__"),
        (Caller().method, "GET", "Caller.method"),
        (functools.partial(Caller().method), "GET", "Caller.method"),
        (functools.lru_cache(plain), "GET", "plain"),
        (Orders.as_view(), "POST", "Orders.post"),
        (Orders.as_view(), "PUT", "Orders.put"),
        (Orders.as_view(), "PATCH", "Orders.patch"),
        (Orders.as_view(), "GET", "Orders"),
        (Orders.as_view(), "HEAD", "Orders"),
        (Orders.as_view(), "DELETE", "Orders"),
        (MoreOrders.as_view(), "POST", "Orders.post"),
        (MoreOrders.as_view(), "GET", "MoreOrders"),
        (logged(Orders.as_view()), "POST", "Orders.post"),
        (with_dispatch, "POST", "Orders.post"),
        (Carts.as_view({"get": "list"}), "GET", "Carts.list"),
        (LIBRARY["api_view"](plain), "GET", "plain"),
        (Orders, "POST", "Orders.post"),
        (View.as_view(), "GET", None),
        (LIBRARY["helper"], "GET", None),
        (len, "GET", None),
        (None, "", None),
    ],
)
def test_a_view_resolves_to_its_function(view: object, method: str, found: str | None) -> None:
    for _ in range(2):
        function = VIEWS.function(view, method)
        assert (function["code.function.name"] if function else None) == (f"{HERE}.{found}" if found else None)


def test_a_view_that_refuses_to_be_looked_at_has_none() -> None:
    class Closed:
        def __getattribute__(self, name: str) -> Any:
            raise AttributeError(name)

    assert VIEWS.function(Closed(), "GET") is None
