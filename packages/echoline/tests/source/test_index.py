"""What telemetry says about a function finds it in the source, or nothing."""

from collections.abc import Iterable, Iterator

import pytest

from echoline.config import SourceConfig
from echoline.source.cache import Cache
from echoline.source.index import Index, index
from echoline.source.parsed import Parsed
from made_repository import MadeRepository
from source.conftest import read

CART = """class Cart:
    @property
    def total(self):
        return 1

    @total.setter
    def total(self, value):
        def check():
            pass
        check()


def load():
    return lambda: 1
"""
FILES = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": CART,
    "src/shop/web/__init__.py": "",
    "src/shop/web/views.py": "def load():\n    pass\n\n\ndef show():\n    pass\n",
    "api/models.py": "class Order:\n    def save(self):\n        pass\n",
    "worker/models.py": "class Job:\n    def run(self):\n        pass\n",
    "manage.py": "def main():\n    pass\n",
    "web/cart.ts": "export function total() { return 1 }\n",
}


def indexed(made: MadeRepository, bounds: SourceConfig | None = None) -> Index:
    revision = made.commit("all", FILES)
    repository = read(made, bounds)
    return index(repository, Parsed(repository.blobs, Cache()), revision)


@pytest.mark.parametrize(
    ("path", "function", "line", "key"),
    [
        ("/app/src/shop/cart.py", "load", 0, "python:shop.cart:load"),
        ("/usr/lib/python3.12/site-packages/shop/cart.py", "shop.cart.load", 0, "python:shop.cart:load"),
        ("C:\\app\\shop\\cart.py", "Cart.total", 0, "python:shop.cart:Cart.total"),
        ("/app/shop/cart.py", "shop.cart.Cart.total", 7, "python:shop.cart:Cart.total"),
        ("/app/shop/cart.py", "check", 0, "python:shop.cart:Cart.total.<locals>.check"),
        ("/app/shop/cart.py", "", 9, "python:shop.cart:Cart.total.<locals>.check"),
        ("/app/shop/cart.py", "<lambda>", 0, "python:shop.cart:load.<locals>.<lambda>"),
        ("/srv/api/models.py", "Order.save", 2, "python:api.models:Order.save"),
        ("/app/manage.py", "main", 1, "python:manage:main"),
        ("/app/web/cart.ts", "total", 1, "javascript:web/cart:total"),
        ("/app/cart.py", "load", 0, None),
        ("/app/models.py", "Order.save", 0, None),
        ("/usr/lib/python3.12/site-packages/manage.py", "main", 1, None),
        ("/app/shop/other.py", "load", 0, None),
        ("/app/shop/cart.py", "unheard_of", 3, None),
        ("", "load", 0, None),
    ],
)
def test_paths_of_other_machines_find_the_function(
    made: MadeRepository, path: str, function: str, line: int, key: str | None
) -> None:
    found = indexed(made).locate(path, function, line)
    assert (found.key if found else None) == key


def test_a_line_tells_which_of_two_places_is_meant(made: MadeRepository) -> None:
    found = indexed(made)
    lines = [found.locate("/app/shop/cart.py", "Cart.total", line) for line in (3, 7, 99)]
    assert [each.first_line if each else None for each in lines] == [2, 6, 2]


def test_a_name_alone_is_resolved_when_only_one_is_called_so(made: MadeRepository) -> None:
    found = indexed(made)
    named = {name: found.resolve("python", name) for name in ("show", "load", "shop.web.views.load", "Cart", "nothing")}
    assert {name: each.key if each else None for name, each in named.items()} == {
        "show": "python:shop.web.views:show",
        "load": None,
        "shop.web.views.load": "python:shop.web.views:load",
        "Cart": "python:shop.cart:Cart",
        "nothing": None,
    }
    assert found.resolve("python", "total") is None


def test_only_new_files_are_parsed_again(made: MadeRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    first = made.commit("all", FILES)
    second = made.commit("one", {"manage.py": "def start():\n    pass\n"})
    repository = read(made)
    parsed = Parsed(repository.blobs, Cache())
    index(repository, parsed, first)
    asked: list[str] = []
    many = repository.blobs.many

    def counted(blobs: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        asked.extend(wanted := list(blobs))
        return many(wanted)

    monkeypatch.setattr(repository.blobs, "many", counted)
    found = index(repository, parsed, second)
    assert (len(asked), [each.qualname for each in found.by_file["manage.py"]]) == (1, ["start"])


def test_links_and_what_is_beyond_the_bounds_are_left_out(made: MadeRepository) -> None:
    made.commit("start")
    (made.folder / "link.py").symlink_to("manage.py")
    found = indexed(made, SourceConfig(max_files=3, max_file_bytes=100))
    assert "link.py" not in found.by_file
    assert found.left_out == len(FILES) - len(found.by_file)
