from answer_builders import drawn
from echoline.model.answers_code import CodeObject
from echoline.surfaces.cli.rendering.source_file import SourceFile, placed

LINES = ["class Cart:", "    def total(self):", "        return 1", "", "def gone(): ..."]


def costing(qualname: str, line: int, ms: int = 10) -> CodeObject:
    ns = ms * 10**6
    return CodeObject(
        f"python:shop.cart:{qualname}", "shop", "prod", "python", "shop.cart", qualname, False, "/app/shop/cart.py",
        line, 120, 6, ns, ns, ns, 120 * ns, ns // 2, ns // 2, 60 * ns, 60 * ns,
    )  # fmt: skip


def test_a_function_has_its_costs_beside_it() -> None:
    costs, _ = placed([costing("Cart.total", 2)], {"Cart": 1, "Cart.total": 2}, len(LINES))
    head, first, second, *rest = drawn(SourceFile(LINES, costs)).strip("\n").splitlines()
    assert head.split() == ["calls", "p95", "own", "p95", "errors", "│"]
    assert second.split() == ["120", "10.0", "ms", "5.00", "ms", "5", "%", "│", "2", "def", "total(self):"]
    assert first.strip() == "│ 1 class Cart:"
    assert all(line.index("│") == second.index("│") for line in rest)


def test_functions_are_found_by_name_where_lines_have_moved() -> None:
    found, gone = placed([costing("Cart.total", 40), costing("Cart.old", 3)], {"Cart.total": 2}, len(LINES))
    assert {line: [each.qualname for each in at] for line, at in found.items()} == {2: ["Cart.total"]}
    assert [each.qualname for each in gone] == ["Cart.old"]


def test_without_a_grammar_lines_are_those_that_were_told() -> None:
    found, gone = placed([costing("total", 2), costing("far", 99)], {}, len(LINES))
    assert (list(found), [each.qualname for each in gone]) == ([2], ["far"])
