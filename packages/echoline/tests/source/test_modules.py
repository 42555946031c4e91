"""Files have the module that a program imports them by."""

import pytest

from echoline.source.modules import Modules

FILES = ["src/shop/__init__.py", "src/shop/web/__init__.py", "examples/demo/demo/__init__.py", "app/main.py"]


@pytest.mark.parametrize(
    ("path", "root", "module"),
    [
        ("src/shop/cart.py", "src", "shop.cart"),
        ("src/shop/web/__init__.py", "src", "shop.web"),
        ("examples/demo/demo/x.py", "examples/demo", "demo.x"),
        ("app/main.py", "", "app.main"),
        ("src/plain/x.py", "src", "plain.x"),
        ("services/api/src/plain/x.py", "services/api/src", "plain.x"),
        ("setup.py", "", "setup"),
        ("__init__.py", "", "__init__"),
        ("web/src/cart.tsx", "", "web/src/cart"),
    ],
)
def test_without_roots_packages_tell(path: str, root: str, module: str) -> None:
    assert Modules(FILES).split(path) == (root, module)


def test_configured_roots_win_the_longest_first() -> None:
    modules = Modules(FILES, ["src/", "src/shop", "web/src"])
    assert [modules.module(path) for path in ("src/shop/cart.py", "src/other/x.py", "web/src/cart.ts")] == [
        "cart",
        "other.x",
        "cart",
    ]
    assert Modules(FILES, ["."]).module("examples/demo/demo/x.py") == "examples.demo.demo.x"
