"""A fingerprint stays when a function is formatted or commented, and changes when it does something else."""

import pytest

from echoline.model.code import Fingerprint
from echoline.source.fingerprints import fingerprints
from echoline.source.grammars import Variant

PYTHON = """
def total(cart, rate=0.1):
    prices = [line.price * line.count for line in cart.lines]
    if not prices:
        raise Empty('no lines')
    result = sum(prices) * (1 + rate)
    with log.timed("total", cart=cart.id) as timer:
        timer.add(result)
    return result, total(cart)
"""
JAVASCRIPT = """
function total(cart, rate = 0.1) {
  const prices = cart.lines.map(line => line.price * line.count);
  for (const price of prices) { log(price) }
  return { sum: prices.length * (1 + rate), again: total(cart) };
}
"""


def print_of(text: str, variant: Variant = "python", name: str = "") -> Fingerprint:
    return next(print_ for span, print_ in fingerprints(text.encode(), variant) if name in span.qualname)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'no lines'", '"no lines"'),
        ("    if not prices:", "\n    # nothing to add up\n\n    if (not prices):  # why"),
        ("rate=0.1):", 'rate=0.1,):\n    """Adds up."""'),
        (
            "return result, total(cart)",
            "return (\n        result,\n        total(\n            cart,\n        ),\n    )",
        ),
        ("sum(prices) * (1 + rate)", "sum(\n        prices\n    ) * (1 + rate)"),
    ],
)
def test_python_formatting_changes_nothing(old: str, new: str) -> None:
    text = PYTHON.replace(old, new)
    assert text != PYTHON
    assert print_of(text).body == print_of(PYTHON).body


def test_its_own_name_is_no_part_of_it() -> None:
    assert print_of(PYTHON.replace("total(", "amount(")).body == print_of(PYTHON).body


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("prices", "amounts"),
        ("cart, rate=0.1", "basket, rate=0.1"),
        ("result", "outcome"),
        ("timer", "clock"),
        ("line in", "each in"),
    ],
)
def test_local_renames_change_the_body_and_not_the_shape(old: str, new: str) -> None:
    text = PYTHON.replace(old, new)
    if "basket" in new:
        text = text.replace("cart.", "basket.").replace("(cart)", "(basket)").replace("=cart.id", "=basket.id")
    if "each" in new:
        text = text.replace("line.price * line.count", "each.price * each.count")
    one, other = print_of(PYTHON), print_of(text)
    assert one.shape == other.shape
    assert one.body != other.body


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("line.price", "line.cost"),
        ("1 + rate", "1 - rate"),
        ("(1 + rate)", "1 + rate"),
        ("0.1", "0.2"),
        ("Empty", "Missing"),
        ("'no lines'", "'no line'"),
        ("cart=cart.id", "basket=cart.id"),
        ("result, total(cart)", "total(cart), result"),
        ("sum(prices)", "max(prices)"),
        ("def total", "async def total"),
        ("def total", "@cached\ndef total"),
    ],
)
def test_another_meaning_is_another_fingerprint(old: str, new: str) -> None:
    one, other = print_of(PYTHON), print_of(PYTHON.replace(old, new, 1))
    assert (one.body != other.body, one.shape != other.shape) == (True, True)


def test_statements_tell_how_much_is_the_same() -> None:
    one, other = (
        print_of(PYTHON),
        print_of(PYTHON.replace("prices", "p").replace("max(", "min(").replace("Empty", "No")),
    )
    same = set(one.statements) & set(other.statements)
    assert len(one.statements) == len(other.statements)
    assert len(one.statements) - 1 == len(same)


def test_a_class_leaves_its_methods_to_themselves() -> None:
    text = "class Cart(Base):\n    limit = 3\n    def total(self):\n        return 1\n"
    other = text.replace("return 1", "return 2").replace("(Base)", "(Base,)")
    changed = text.replace("limit = 3", "limit = 4")
    assert print_of(text).body == print_of(other).body != print_of(changed).body
    assert print_of(text, name="total").body != print_of(other, name="total").body


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("line => line", "(line) => line"),
        ("\n  return", "\n  // done\n\n  return"),
        ("total(cart) }", "total(cart), }"),
        ("{ log(price) }", "{\n    log(price);\n  }"),
    ],
)
def test_javascript_formatting_changes_nothing(old: str, new: str) -> None:
    text = JAVASCRIPT.replace(old, new)
    assert text != JAVASCRIPT
    assert print_of(text, "javascript").body == print_of(JAVASCRIPT, "javascript").body


def test_javascript_local_renames_keep_the_shape() -> None:
    one, other = (print_of(text, "javascript") for text in (JAVASCRIPT, JAVASCRIPT.replace("prices", "amounts")))
    assert one.shape == other.shape
    assert one.body != other.body
    assert print_of(JAVASCRIPT.replace("sum:", "total:"), "javascript").shape != one.shape


def test_code_nested_deeper_than_python_goes_is_read() -> None:
    text = "def deep():\n    return " + "(" * 0 + "+".join(["1"] * 5000) + "\n"
    assert print_of(text).tokens > 5000
