"""The census tells which functions a program entered, and which it only defines, each once."""

import subprocess
import sys
from pathlib import Path

import pytest

from profiling_receiver import Receiver, python, receiving, run

NEWER = ("3.12", "3.13", "3.14")

CART = '''
import functools

def loud(function):
    @functools.wraps(function)
    def wrapper(*a):
        return function(*a)
    return wrapper

class Cart:
    """Prices."""

    def total(self):
        return sum(price(n) for n in (1, 2))

    def refund(self):
        def back(n): return -n
        return [back(n) for n in (1, 2)]

    @property
    def size(self):
        return 2

def price(n): return n

@loud
def decorated(): pass

async def fetched(): return 1

def generated():
    yield 1

def never(): pass

double = lambda n: n * 2
'''

SHOP = """
import os, sys, time
from echoline_agent import profiling
from echoline_agent.settings import read
settings = read()
profiling.begin(settings)
{before}
import asyncio, cart
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
profiling.attach(TracerProvider(resource=Resource({{"service.version": "7"}})), settings)
{after}
"""


def counted(tmp_path: Path, after: str, before: str = "", **environ: str) -> tuple[Receiver, str]:
    (tmp_path / "cart.py").write_text(CART)
    shop = tmp_path / "shop.py"
    shop.write_text(SHOP.format(before=before, after=after))
    with receiving() as receiver:
        done = run(shop, receiver, interpreter=python(*NEWER), **environ)
    assert done.returncode == 0, done.stderr
    return receiver, done.stdout + done.stderr


USE = """
cart.Cart().total(); cart.Cart().total(); cart.Cart().size
cart.decorated(); asyncio.run(cart.fetched()); list(cart.generated())
"""
ENTERED = ["Cart.size", "Cart.total", "decorated", "fetched", "generated", "loud", "loud.<locals>.wrapper", "price"]
# A program younger than a minute says nothing of what it has not entered; this one is asked at once.
SETTLED = "from echoline_agent.profiling import census_report; census_report.SETTLED_S = 0.0"
ONLY_DEFINED = ["<lambda>", "Cart.refund", "Cart.refund.<locals>.back", "never"]


def names(receiver: Receiver, *, entered: bool) -> list[str]:
    found = [each for each in receiver.census if each.function.startswith("cart.") and each.is_entered is entered]
    return sorted(each.function.removeprefix("cart.") for each in found)


def test_each_entered_function_is_told_once_and_libraries_are_not(tmp_path: Path) -> None:
    receiver, _ = counted(tmp_path, USE)
    assert names(receiver, entered=True) == ENTERED
    assert {each.event for each in receiver.census} == {"echoline.census"}
    assert {each.function.split(".")[0] for each in receiver.census} <= {"cart", "shop"}
    one = next(each for each in receiver.census if each.function == "cart.Cart.total")
    assert one.file == str(tmp_path / "cart.py")
    assert CART.splitlines()[one.line - 1].strip() == "def total(self):"
    assert one.resource == {"service.version": "7"}


def test_functions_that_are_only_defined_are_told_as_such(tmp_path: Path) -> None:
    receiver, _ = counted(tmp_path, USE, SETTLED)
    assert names(receiver, entered=True) == ENTERED
    assert names(receiver, entered=False) == ONLY_DEFINED


def test_modules_loaded_before_the_census_count_too(tmp_path: Path) -> None:
    """Started late, the census knows a module's functions by what the module holds."""
    (tmp_path / "cart.py").write_text(CART)
    shop = tmp_path / "shop.py"
    shop.write_text("import cart\ncart.price(1)\n" + SHOP.format(before=SETTLED, after="cart.Cart().total()"))
    with receiving() as receiver:
        run(shop, receiver, interpreter=python(*NEWER))
    assert names(receiver, entered=True) == ["Cart.total", "price"]
    assert {"never", "Cart.refund", "Cart.refund.<locals>.back", "Cart.size"} <= set(names(receiver, entered=False))


def test_what_was_only_defined_is_told_again_when_it_is_entered(tmp_path: Path) -> None:
    after = "reports = [profiling._running._reporter._reports[1]]\nreports[0](None)\ncart.never()\nreports[0](None)"
    receiver, _ = counted(tmp_path, after, SETTLED)
    assert [each.is_entered for each in receiver.census if each.function == "cart.never"] == [False, True]


def test_everything_is_told_again_the_next_day(tmp_path: Path) -> None:
    """And only what that day entered counts as entered."""
    after = """
report = profiling._running._reporter._reports[1]
cart.price(1); cart.Cart().size
report(None)
report.__self__._now = lambda: time.monotonic() + 24 * 3600 + 1
cart.Cart().size
report(None)
cart.price(1)
report(None)
"""
    receiver, _ = counted(tmp_path, after, SETTLED)
    told = [(each.function, each.is_entered) for each in receiver.census]
    assert [is_entered for name, is_entered in told if name == "cart.price"] == [True, False, True]


def test_a_forked_child_tells_only_what_is_news(tmp_path: Path) -> None:
    after = """
cart.price(1)
profiling._running._reporter._reports[1](None)
if os.fork() == 0:
    cart.price(2); cart.never()
    time.sleep(0.8)
    sys.exit(0)
os.wait()
"""
    receiver, _ = counted(tmp_path, after)
    entered = names(receiver, entered=True)
    assert (entered.count("price"), entered.count("never")) == (1, 1)


def test_the_packages_of_the_settings_count_as_asked(tmp_path: Path) -> None:
    receiver, _ = counted(tmp_path, USE, ECHOLINE_AGENT_EXCLUDE="cart", ECHOLINE_AGENT_INCLUDE="google.protobuf")
    assert names(receiver, entered=True) == []
    assert any(each.function.startswith("google.protobuf.") for each in receiver.census)


def test_it_leaves_the_places_of_other_tools_alone(tmp_path: Path) -> None:
    taken = 'sys.monitoring.use_tool_id(4, "other")'
    (tmp_path / "cart.py").write_text(CART)
    shop = tmp_path / "shop.py"
    shop.write_text(f"import sys\n{taken}\n" + SHOP.format(before="", after="print(sys.monitoring.get_tool(3))"))
    with receiving() as receiver:
        done = run(shop, receiver, interpreter=python(*NEWER))
    assert done.stdout == "echoline-census\n"


def test_python_3_11_says_once_that_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "cart.py").write_text(CART)
    shop = tmp_path / "shop.py"
    shop.write_text(SHOP.format(before="profiling.begin(settings)", after=USE))
    with receiving() as receiver:
        done = run(shop, receiver, interpreter=python("3.11"))
    assert done.stderr.count("functions entered are not counted: Python 3.11 cannot tell") == 1
    assert receiver.census == []


def test_beginning_imports_no_opentelemetry() -> None:
    text = (
        "import sys; from echoline_agent import profiling; from echoline_agent.settings import AgentSettings;"
        "profiling.begin(AgentSettings()); print([each for each in sys.modules if each.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("version", NEWER)
def test_a_second_call_of_a_function_costs_nothing_more(tmp_path: Path, version: str) -> None:
    """Calls of a small function with the census on, beside those without: within the noise of a busy machine."""
    timed = """
def small(): pass
def best(): return min(timed() for _ in range(15))
def timed():
    began = time.perf_counter()
    for _ in range(50_000): small()
    return time.perf_counter() - began
on = best()
profiling._census.stop()
print(on / best())
"""
    (tmp_path / "cart.py").write_text(CART)
    shop = tmp_path / "shop.py"
    shop.write_text(SHOP.format(before="", after=timed))
    with receiving() as receiver:
        done = run(shop, receiver, interpreter=python(version))
    assert float(done.stdout) < 1.3, done.stderr
