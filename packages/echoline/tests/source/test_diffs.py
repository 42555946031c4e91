"""What differs between two revisions: files, lines, functions."""

from echoline.config import SourceConfig
from echoline.model.revisions import Difference, Hunk
from echoline.source.cache import Cache
from echoline.source.diffs import difference
from echoline.source.parsed import Parsed
from echoline.source.renames import EMPTY_TREE
from made_repository import MadeRepository
from source.conftest import read

CART = '''import shop


class Cart:
    limit = 3

    def total(self):
        """Adds up."""
        lines = shop.load(self)
        return sum(line.price for line in lines)

    def empty(self):
        return not self.lines


def parse(text):
    words = text.split(",")
    return [int(word) for word in words if word.strip()]
'''


def differs(made: MadeRepository, old: str, new: str, bounds: SourceConfig | None = None) -> Difference:
    repository = read(made, bounds)
    return difference(repository, Parsed(repository.blobs, Cache()), old, new)


def told(found: Difference) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(each.change, each.code_object.removeprefix("python:"), each.lines) for each in found.functions]


def changed(made: MadeRepository, before: str, after: str) -> list[tuple[str, str, tuple[int, ...]]]:
    old = made.commit("before", {"cart.py": before})
    return told(differs(made, old, made.commit("after", {"cart.py": after})))


def test_a_changed_line_names_its_method_and_not_its_class(made: MadeRepository) -> None:
    after = CART.replace("line.price for", "line.cost for")
    assert changed(made, CART, after) == [("modified", "cart:Cart.total", (10,))]


def test_a_removed_line_is_told_by_the_one_behind_it(made: MadeRepository) -> None:
    before = CART.replace("        lines = shop", "        shop.log()\n        lines = shop")
    assert changed(made, before, CART) == [("modified", "cart:Cart.total", (9,))]


def test_formatting_is_told_apart_from_change(made: MadeRepository) -> None:
    after = CART.replace("shop.load(self)", "shop.load(\n            self,\n        )").replace(
        "limit = 3", "limit = 4"
    )
    assert changed(made, CART, after) == [
        ("modified", "cart:Cart", (5,)),
        ("reformatted", "cart:Cart.total", (9, 10, 11)),
    ]


def test_functions_come_go_and_move(made: MadeRepository) -> None:
    start, parse = CART.index("def parse"), CART[CART.index("def parse") :]
    old = made.commit("before", {"cart.py": CART, "keep.py": "x = 1\n"})
    after = {
        "cart.py": CART[:start],
        "text.py": parse.replace("strip()", "strip() != ''") + "\n\ndef new():\n    pass\n",
    }
    found = differs(made, old, made.commit("after", after))
    assert told(found) == [("moved", "text:parse", (3,)), ("added", "text:new", (6, 7))]
    assert found.functions[0].old_code_object == "python:cart:parse"
    back = differs(made, found.new, made.commit("gone", {"text.py": None}))
    assert [each.change for each in back.functions] == ["removed", "removed"]


def test_a_body_that_left_its_name_to_a_newcomer_has_moved(made: MadeRepository) -> None:
    start, parse = CART.index("def parse"), CART[CART.index("def parse") :]
    old = made.commit("before", {"cart.py": CART, "text.py": ""})
    stub = "def parse(text):\n    raise DeprecationWarning\n"
    found = differs(made, old, made.commit("after", {"cart.py": CART[:start] + stub, "text.py": parse}))
    assert told(found) == [("added", "cart:parse", (16, 17)), ("moved", "text:parse", ())]


def test_a_renamed_file_moves_its_functions(made: MadeRepository) -> None:
    old = made.commit("before", {"cart.py": CART})
    found = differs(
        made, old, made.commit("after", {"cart.py": None, "basket.py": CART.replace("limit = 3", "limit = 5")})
    )
    (file,) = found.files
    assert (file.status, file.old_path, file.path, file.similarity > 80) == ("renamed", "cart.py", "basket.py", True)
    assert {each.change for each in found.functions} == {"moved"}
    assert {each.lines for each in found.functions if each.code_object.endswith("total")} == {()}


def test_every_file_is_told_with_its_kind_and_lines(made: MadeRepository) -> None:
    first = {"pyproject.toml": "a = 1\n", "settings.yaml": "a: 1\nb: 2\n", "shop/migrations/0001.py": "x = 1\n"}
    old = made.commit("before", {**first, "ü \" '.md": "a\n"})
    (made.folder / "logo.png").write_bytes(b"\x89PNG\x00\x01")
    after = {"pyproject.toml": "a = 2\n", "settings.yaml": "a: 1\n", "shop/migrations/0001.py": "x = 1\ny = 2\nz = 3\n"}
    found = differs(made, old, made.commit("after", {**after, "ü \" '.md": "b\n", "run": "#!/bin/sh\n"}))
    by_path = {each.path: (each.kind, each.hunks, each.is_binary) for each in found.files}
    assert by_path == {
        "pyproject.toml": ("dependencies", (Hunk(1, 1, 1, 1),), False),
        "settings.yaml": ("configuration", (Hunk(2, 1, 1, 0),), False),
        "shop/migrations/0001.py": ("migration", (Hunk(1, 0, 2, 2),), False),
        "ü \" '.md": ("other", (Hunk(1, 1, 1, 1),), False),
        "logo.png": ("other", (), True),
        "run": ("other", (Hunk(0, 0, 1, 1),), False),
    }


def test_modes_and_links_do_not_shift_the_lines(made: MadeRepository) -> None:
    old = made.commit("before", {"a.py": "x = 1\n", "b.py": "y = 1\n", "c.py": "z = 1\n"})
    (made.folder / "a.py").chmod(0o755)
    (made.folder / "b.py").unlink()
    (made.folder / "b.py").symlink_to("a.py")
    found = differs(made, old, made.commit("after", {"c.py": "z = 2\n"}))
    assert {each.path: each.hunks for each in found.files}["c.py"] == (Hunk(1, 1, 1, 1),)


def test_the_first_commit_adds_everything(made: MadeRepository) -> None:
    found = differs(made, EMPTY_TREE, made.commit("first", {"cart.py": CART}))
    assert {each.change for each in found.functions} == {"added"}
    assert len(found.functions) == 4


def test_what_is_too_much_is_counted(made: MadeRepository) -> None:
    old = made.commit("before", {"a.py": "x = 1\n"})
    new = made.commit("after", {f"m{number}.py": "def f():\n    pass\n" for number in range(5)})
    found = differs(made, old, new, SourceConfig(max_changed_files=3))
    assert (len(found.files), len(found.functions), found.left_out) == (5, 3, 2)
    big = differs(made, new, made.commit("big", {"m0.py": "x = 1\n" * 100}), SourceConfig(max_file_bytes=200))
    assert (big.functions, big.left_out) == ((), 1)
