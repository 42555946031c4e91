"""Functions are found where they are, under the names of docs/words.md, in broken texts too."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echoline.source.functions import functions
from echoline.source.grammars import Variant, variant_of

PYTHON = '''
@app.route("/x")
@cached
def view(key=lambda y: y):
    """Documented."""
    def inner():
        return lambda: 1
    return [i for i in inner()]


class Cart(Base):
    @property
    def total(self): ...
    @total.setter
    def total(self, value): ...
    @staticmethod
    def empty(): ...
    async def stream(self):
        yield 1
    class Line:
        def price(self): pass
'''
JAVASCRIPT = """
export default function () { return 1 }
export const total = (a) => {
  return a.map(x => x + 1)
}
class Cart extends Base { #n = 1; get size() { return 1 } add = (x) => x; total() { function inner() {} } }
const api = { get() {}, nested: { del: () => 1 } };
module.exports.thing = function () {};
Cart.prototype.foo = function* () {};
app.get("/x", async (req, res) => { res.send(1) });
"""
TYPESCRIPT = """
export abstract class Store<T> {
  constructor(private x: number) {}
  abstract find(): void;
  @logged()
  load(a: string): Promise<T> { return read<T>(a) }
}
function over(a: string): void;
function over(a: any) { }
"""


def found(text: str, variant: Variant = "python") -> list[tuple[str, str, int, int]]:
    spans = functions(text.encode(), variant)
    return [(span.qualname, span.kind, span.first_line, span.last_line) for span in spans]


def test_python_names_are_those_of_the_interpreter() -> None:
    assert found(PYTHON) == [
        ("view", "function", 2, 8),
        ("<lambda>", "lambda", 4, 4),
        ("view.<locals>.inner", "function", 6, 7),
        ("view.<locals>.inner.<locals>.<lambda>", "lambda", 7, 7),
        ("Cart", "class", 11, 21),
        ("Cart.total", "property", 12, 13),
        ("Cart.total", "property", 14, 15),
        ("Cart.empty", "method", 16, 17),
        ("Cart.stream", "method", 18, 19),
        ("Cart.Line", "class", 20, 21),
        ("Cart.Line.price", "method", 21, 21),
    ]


def test_python_names_and_lines_agree_with_code_objects() -> None:
    """The interpreter itself says what each function is called and where it starts."""
    text = PYTHON.replace("(Base)", "")
    expected, todo = set(), [compile(text, "cart.py", "exec")]
    while todo:
        code = todo.pop()
        expected.add((getattr(code, "co_qualname", code.co_name), code.co_firstlineno))
        todo += [each for each in code.co_consts if hasattr(each, "co_code")]
    ours = {(name, line) for name, _, line, _ in found(text)}
    assert ours <= expected
    assert {name for name, _ in expected - ours} <= {"<module>", "view.<locals>.<listcomp>"}


def test_javascript_names_come_from_where_functions_are_put() -> None:
    assert [(name, kind) for name, kind, _, _ in found(JAVASCRIPT, "javascript")] == [
        ("default", "function"),
        ("total", "function"),
        ("total.<locals>.<anonymous>", "lambda"),
        ("Cart", "class"),
        ("Cart.size", "property"),
        ("Cart.add", "method"),
        ("Cart.total", "method"),
        ("Cart.total.<locals>.inner", "function"),
        ("api.get", "method"),
        ("api.nested.del", "function"),
        ("thing", "function"),
        ("Cart.foo", "function"),
        ("<anonymous>", "lambda"),
    ]


def test_typescript_is_read() -> None:
    assert [(name, kind) for name, kind, _, _ in found(TYPESCRIPT, "typescript")] == [
        ("Store", "class"),
        ("Store.constructor", "method"),
        ("Store.load", "method"),
        ("over", "function"),
    ]
    assert found("const A = (p: P) => <b>{p.x}</b>", "tsx") == [("A", "function", 1, 1)]


def test_a_text_that_breaks_off_keeps_what_is_whole() -> None:
    names = [name for name, *_ in found("def before(): pass\nbroken = (\ndef after():\n    return 1\nclass ")]
    assert names == ["before", "after"]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="defclas x():\n\t  lambda@\"'[]{}=>,.é\x00", max_size=200))
def test_nothing_crashes_the_reader(text: str) -> None:
    for variant in ("python", "javascript", "typescript", "tsx"):
        functions(text.encode("utf-8", "replace"), variant)


@pytest.mark.parametrize(
    ("path", "variant"),
    [
        ("src/shop/cart.py", "python"),
        ("web/app.MJS", "javascript"),
        ("web/view.tsx", "tsx"),
        ("types/shop.d.ts", None),
        ("web/node_modules/x/index.js", None),
        ("static/jquery.min.js", None),
        ("README.md", None),
    ],
)
def test_files_have_a_grammar_by_their_ending(path: str, variant: Variant | None) -> None:
    assert variant_of(path) == variant
