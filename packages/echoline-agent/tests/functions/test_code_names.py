"""Code objects are named as docs/words.md says."""

import functools
import subprocess
import sys
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from echoline_agent.functions import code_names

HERE = __name__


def outer() -> tuple[Any, ...]:
    def inner() -> None: ...

    return inner, lambda: None, (value for value in (1,))


def function(value: object) -> FunctionType:
    assert isinstance(value, FunctionType)
    return value


class Cart:
    class Line:
        def price(self) -> None: ...

    @classmethod
    def empty(cls) -> None: ...

    @property
    def size(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("total", "total"),
        ("Cart.total", "Cart.total"),
        ("outer.<locals>.inner", "outer.<locals>.inner"),
        ("outer.<locals>.<lambda>", "outer.<locals>.<lambda>"),
        ("<lambda>", "<lambda>"),
        ("outer.<locals>.<listcomp>", "outer"),
        ("outer.<locals>.<genexpr>.<locals>.<dictcomp>", "outer"),
        ("outer.<locals>.<setcomp>.<locals>.<lambda>", "outer.<locals>.<lambda>"),
        ("Cart.<listcomp>", "Cart"),
        ("<genexpr>", "<module>"),
        ("<genexpr>.<locals>.<lambda>", "<lambda>"),
        ("<module>", "<module>"),
    ],
)
def test_comprehensions_belong_to_the_function_around(written: str, named: str) -> None:
    assert code_names.qualname(written) == named


def test_a_function_has_its_name_its_file_and_its_first_line() -> None:
    assert code_names.of_function(function(outer)) == {
        "code.function.name": f"{HERE}.outer",
        "code.file.path": __file__,
        "code.line.number": outer.__code__.co_firstlineno,
    }


def test_locals_lambdas_and_generators_are_named_after_where_they_stand() -> None:
    inner, short, generator = outer()
    names = [code_names.of_function(each)["code.function.name"] for each in (inner, short)]
    assert names == [f"{HERE}.outer.<locals>.inner", f"{HERE}.outer.<locals>.<lambda>"]
    code: CodeType = generator.gi_code
    assert code_names.of_code(code, HERE)["code.function.name"] == f"{HERE}.outer"


def test_what_a_decorator_renamed_keeps_the_name_of_its_code() -> None:
    @functools.wraps(outer)
    def wrapper() -> None: ...

    name = "test_what_a_decorator_renamed_keeps_the_name_of_its_code.<locals>.wrapper"
    assert code_names.of_function(function(wrapper))["code.function.name"] == f"{HERE}.{name}"


def test_a_class_has_a_line_of_its_own() -> None:
    found = code_names.of_class(Cart.Line)
    assert found["code.function.name"] == f"{HERE}.Cart.Line"
    assert found["code.file.path"] == __file__
    price = function(Cart.Line.price)
    assert price.__code__.co_firstlineno - 1 <= int(found["code.line.number"]) <= price.__code__.co_firstlineno


@pytest.mark.parametrize(("name", "found"), [("Cart.Line.price", Cart.Line.price), ("Cart", Cart), ("nothing", None)])
def test_a_name_finds_what_it_means(name: str, found: object) -> None:
    assert code_names.by_name(f"{HERE}.{name}") is found
    assert code_names.by_name("no.such.module") is None


NAMING = "from echoline_agent.functions import code_names; print(code_names.module_name(__name__))"


def test_the_first_module_of_a_program_has_the_name_that_others_import_it_by(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    for name in ("__init__.py", "__main__.py", "serve.py"):
        (tmp_path / "shop" / name).write_text(NAMING if name != "__init__.py" else "")
    runs = {("-m", "shop"): "shop.__main__", ("-m", "shop.serve"): "shop.serve", ("shop/serve.py",): "serve"}
    for arguments, named in runs.items():
        command = [sys.executable, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
        assert done.stdout.strip() == named
