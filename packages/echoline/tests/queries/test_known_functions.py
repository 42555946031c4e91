from typing import TYPE_CHECKING

from echoline.conventions.stack_traces import Frame
from echoline.queries.known_functions import keys

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

CART = "/srv/shop/cart.py"


def know(engine: "Engine", key: str, line: int, service: str = "shop", file: str = CART) -> None:
    """As settling tells it."""
    language, module, qualname = key.split(":")
    engine.execute(
        "INSERT INTO code_objects (code_object, language, module, qualname, service, file, line, day) VALUES "
        f"('{key}', '{language}', '{module}', '{qualname}', '{service}', '{file}', {line}, today())"
    )


def frame(function: str, line: int, file: str = CART) -> Frame:
    return Frame("python", function, file, line, is_library=False)


def test_a_bare_name_finds_the_function_that_spans_told_of(engine: "Engine") -> None:
    know(engine, "python:shop.cart:Cart.total", 20)
    know(engine, "python:shop.cart:Bill.total", 40)
    know(engine, "python:ledger.cart:total", 1, service="ledger")
    asked = [("shop", frame("total", 25)), ("shop", frame("total", 45)), ("shop", frame("total", 3))]
    found = keys(engine, [*asked, ("ledger", frame("total", 25)), ("shop", frame("taxes", 50))])
    assert list(found.values()) == [
        "python:shop.cart:Cart.total",
        "python:shop.cart:Bill.total",
        "python:?:total",
        "python:ledger.cart:total",
        "python:?:taxes",
    ]


def test_a_frame_that_says_all_needs_nobody(engine: "Engine") -> None:
    java = Frame("java", "com.acme.Cart.total", "Cart.java", 4, is_library=False)
    assert keys(engine, [("shop", java)]) == {("shop", java): "java:com.acme.Cart:total"}
    assert keys(engine, []) == {}
