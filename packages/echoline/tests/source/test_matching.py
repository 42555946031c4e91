"""What becomes what in one commit; look-alikes stay apart."""

import pytest

from made_repository import MadeRepository
from source.test_identity import identity

BODY = """    lines = shop.load(cart)
    total = sum(line.price for line in lines)
    shop.log("total", total)
    return total * 2
"""
OTHER = """    parcels = shop.find(cart, limit=3)
    if not parcels:
        raise LookupError(cart)
    return parcels[0].label
"""


def told(made: MadeRepository, before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """Aliases from one commit with these files to the next one."""
    old = made.commit("before", before)
    new = made.commit("after", {**dict.fromkeys(set(before) - set(after)), **after})
    found = identity(made).aliases(old, new)
    return {alias.old.removeprefix("python:"): alias.new.removeprefix("python:") for alias in found}


def function(name: str, body: str = BODY) -> str:
    return f"def {name}(cart):\n{body}\n\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a.py": function("f")}, {"a.py": "", "b.py": function("f")}, {"a:f": "b:f"}),
        ({"a.py": function("f")}, {"a.py": function("g")}, {"a:f": "a:g"}),
        ({"a.py": function("f")}, {"a.py": "", "b.py": function("g").replace("lines", "x")}, {"a:f": "b:g"}),
        ({"a.py": function("f") + function("h", OTHER)}, {"b.py": function("f") + function("h", OTHER)},
         {"a:f": "b:f", "a:h": "b:h"}),
        ({"a.py": function("f") + function("g", OTHER)}, {"a.py": function("g") + function("f", OTHER)}, {}),
        ({"a.py": "class A:\n    def one(self):\n        return 1\n    def two(self):\n        return 2\n"},
         {"a.py": "class B:\n    def one(self):\n        return 1\n    def two(self):\n        return 2\n"},
         {"a:A": "a:B", "a:A.one": "a:B.one", "a:A.two": "a:B.two"}),
    ],
    ids=["moved", "renamed", "moved, renamed, locals renamed", "file renamed", "names swapped", "class renamed"],
)  # fmt: skip
def test_what_goes_on(
    made: MadeRepository, before: dict[str, str], after: dict[str, str], expected: dict[str, str]
) -> None:
    assert told(made, before, after) == expected


SMALL = """class {0}:
    size = {1}
    def __str__(self):
        return self.name
    def f(self):
        return {1}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a.py": function("f")}, {"a.py": "", "b.py": function("f", OTHER)}),
        ({"a.py": function("f")}, {"a.py": function("g").replace("price", "weight")}),
        ({"a.py": function("f") + function("g")}, {"a.py": "", "b.py": function("h") + function("i")}),
        ({"a.py": function("f") + function("g")}, {"a.py": function("g"), "b.py": function("h")}),
        ({"a.py": SMALL.format("Cart", 1)}, {"a.py": "", "b.py": SMALL.format("Parcel", 2)}),
        ({"a.py": "def main():\n    run()\n"}, {"a.py": "", "b.py": "def main():\n    run()\n"}),
    ],
    ids=["same name", "one word differs", "two alike renamed", "twin of one that stays", "small methods", "small"],
)
def test_look_alikes_never_merge(made: MadeRepository, before: dict[str, str], after: dict[str, str]) -> None:
    before, after = {"keep.py": "x = 1\n", **before}, {"keep.py": "x = 1\n", **after}
    assert told(made, before, after) == {}


def test_a_renamed_package_takes_its_modules_along(made: MadeRepository) -> None:
    before = {"lib/shop/__init__.py": "", "lib/shop/a.py": function("f")}
    after = {"lib/store/__init__.py": "", "lib/store/a.py": function("f")}
    assert told(made, before, after) == {"shop.a:f": "store.a:f"}


def test_a_folder_that_becomes_a_package_later_names_its_modules_anew(made: MadeRepository) -> None:
    """Commits in between know which packages there were at their time."""
    start = made.commit("start", {"lib/shop/a.py": function("f")})
    made.commit("other", {"lib/shop/b.py": function("h", OTHER)})
    made.commit("package", {"lib/shop/__init__.py": "", "lib/shop/a.py": function("f") + "\n"})
    end = made.commit("move", {"lib/shop/a.py": "", "lib/shop/c.py": function("f")})
    assert identity(made).continued(["python:lib.shop.a:f"], start, end) == {"python:lib.shop.a:f": "python:shop.c:f"}


def test_steps_on_a_branch_count_after_its_merge_and_back_again(made: MadeRepository) -> None:
    start = made.commit("start", {"a.py": function("f"), "c.py": function("h", OTHER)})
    made.git("checkout", "--quiet", "-b", "side")
    made.commit("move", {"a.py": "", "b.py": function("f")})
    side = made.commit("rename", {"b.py": function("g")})
    made.git("checkout", "--quiet", "main")
    main = made.commit("other", {"c.py": "", "d.py": function("h", OTHER)})
    merged = made.merge("side", "merge")
    followed = identity(made)
    keys = ["python:a:f", "python:c:h"]
    assert list(followed.continued(keys, start, merged).values()) == ["python:b:g", "python:d:h"]
    # From one branch to the other: what only the first has is taken back.
    assert followed.continued(["python:b:g"], side, main) == {"python:b:g": "python:a:f"}
    assert followed.continued(["python:d:h"], main, side) == {"python:d:h": "python:c:h"}


def test_what_ended_and_what_did_not_exist_yet_is_nowhere(made: MadeRepository) -> None:
    one = made.commit("one", {"a.py": function("f")})
    two = made.commit("two", {"a.py": function("h", OTHER)})
    followed = identity(made)
    assert followed.continued(["python:a:f"], one, two) == {"python:a:f": None}
    assert followed.continued(["python:a:h"], two, one) == {"python:a:h": None}
