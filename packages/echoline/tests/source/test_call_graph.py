"""Calls are followed where the text says whom they call, and counted where it does not."""

from echoline.source.call_graph import CallGraph, call_graph
from source.programs import program

FILES = {
    "shop/__init__.py": "from shop.cart import Cart as Basket\n",
    "shop/base.py": """
class Base:
    def save(self):
        self.check()
    def check(self): ...
""",
    "shop/cart.py": """
import json
from shop.base import Base
from . import prices

class Line:
    def __init__(self, price):
        self.price = price
    def total(self):
        return prices.round_up(self.price)

class Cart(Base):
    def check(self):
        super().check()
        self.save()
    def total(self):
        line = Line(1)
        return line.total() + sum([])
    def each(self, callback):
        def inner():
            return self.total()
        callback()
        return inner()
""",
    "shop/prices.py": """
def round_up(price):
    return helper(price) if price else round_up(0)

def helper(price):
    return json_text(price)

def json_text(value, dump=print):
    import json
    dump(value)
    return json.dumps(value)

table = {"a": helper}
table["a"](1)
""",
    "main.py": """
from shop import *
import shop.prices
import shop

def main():
    basket = Basket()
    basket.total()
    basket.save()
    shop.prices.round_up(1)
    shop.Basket()

main()
""",
}


def graph() -> CallGraph:
    return call_graph(program(FILES))


def called(caller: str) -> set[str]:
    return {each.removeprefix("python:") for each in graph().callees.get(f"python:{caller}", ())}


def test_calls_are_followed() -> None:
    assert called("shop.prices:round_up") == {"shop.prices:helper", "shop.prices:round_up"}
    assert called("shop.cart:Line.total") == {"shop.prices:round_up"}
    assert called("shop.cart:Cart.check") == {"shop.base:Base.check", "shop.base:Base.save"}
    assert called("shop.cart:Cart.total") == {"shop.cart:Line.__init__", "shop.cart:Line.total"}
    assert called("shop.cart:Cart.each") == {"shop.cart:Cart.each.<locals>.inner"}
    assert called("shop.cart:Cart.each.<locals>.inner") == {"shop.cart:Cart.total"}
    assert called("main:main") == {
        "shop.cart:Cart", "shop.cart:Cart.total", "shop.base:Base.save", "shop.prices:round_up",
    }  # fmt: skip
    assert called("main:<module>") == {"main:main"}


def test_who_calls_is_the_same_the_other_way_round() -> None:
    assert graph().callers["python:shop.prices:round_up"] == {
        "python:shop.prices:round_up", "python:shop.cart:Line.total", "python:main:main",
    }  # fmt: skip


def test_what_the_text_does_not_say_is_counted() -> None:
    assert graph().unknown == {
        "python:shop.cart:Cart.each": 1,
        "python:shop.prices:json_text": 1,
        "python:shop.prices:<module>": 1,
    }
    assert graph().outside == 3


def test_each_call_says_where_it_is() -> None:
    (call,) = [each for each in graph().calls if each.callee == "python:shop.cart:Line.__init__"]
    assert (call.file, call.line) == ("shop/cart.py", 17)
