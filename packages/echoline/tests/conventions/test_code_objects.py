from pathlib import Path

import pytest

import tables
from echoline.conventions.code_objects import code_object

ROWS = tables.lines(Path(__file__).parent / "tables" / "code_objects.txt")


@pytest.mark.parametrize(("sent", "expected"), ROWS)
def test_a_function_and_its_file_name_a_code_object(sent: str, expected: str) -> None:
    language, function, file = ("" if word == "-" else word for word in sent.split(" ", 2))
    found = code_object(language, function, file, ("/srv", "/srv/shop/"))
    assert found
    assert f"{found.key}{' (library)' if found.is_library else ''}" == expected


def test_what_names_no_function_is_no_code_object() -> None:
    assert code_object("python", "", "/app/shop/cart.py") is None


def test_two_functions_of_one_name_in_two_folders_are_two() -> None:
    one, two = (code_object("python", "Cart.total", f"/srv/{each}/cart.py", ["/srv"]) for each in ("shop", "web"))
    assert one != two
