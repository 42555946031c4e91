"""What calls are given, as a table; and what sets the slow and the failing ones apart."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from echoline.model.answers_parameters import NumberDifference, Parameter, Parameters, Separation
from echoline.surfaces.cli.rendering import captions, styles, units
from echoline.surfaces.cli.rendering.differences import differences
from echoline.surfaces.cli.rendering.grid import Column, Grid

_SHOWN = 6


def parameters(found: Parameters, window: str) -> RenderableType:
    """All that is known, with how many calls it is drawn from."""
    if not found.calls:
        return Text(f"No call of {found.code_object} in the {window}. `echoline code` lists what was called.")
    drawn_from = f"{units.count(found.sampled)} of {units.several(found.calls, 'call')}"
    parts: list[RenderableType] = [captions.caption(found.code_object, drawn_from, window), Text()]
    parts.append(_table(found.items) if found.items else captions.hint("None of them has an attribute."))
    slow = f"slower than {units.duration(found.slower_than_ns)}"
    parts += [Text(), *_separation(slow, "slow", found.slow), Text(), *_separation("failing", "failing", found.failing)]
    if not any(each.key.startswith("code.argument.") for each in found.items):
        words = "ECHOLINE_AGENT_ARGUMENTS names @instrument-ed functions whose arguments are sent too."
        parts += [Text(), captions.hint(words)]
    return Group(*parts)


def _table(items: Sequence[Parameter]) -> Grid[Parameter]:
    return Grid(
        (
            Column("attribute", lambda row: _name(row.key), wide=20),
            Column("given", lambda row: units.share(row.calls, row.calls / row.share), is_number=True),
            Column("None", lambda row: units.share(row.null_share, 1), is_number=True),
            Column("type", _types, rank=2),
            Column("range", _range, rank=1),
            Column("values", lambda row: units.count(row.distinct), rank=3, is_number=True),
            Column("most frequent", _usual, wide=16),
        ),
        items,
    )


def _name(key: str) -> Text:
    """What all arguments begin with is less loud."""
    text = Text(key)
    if key.startswith("code.argument."):
        text.stylize(styles.QUIET, 0, len("code.argument."))
    return text


def _types(row: Parameter) -> str:
    kinds = [each for each in row.types if each.type != "null"]
    return ", ".join(each.type if len(kinds) == 1 else f"{each.type} {units.share(each.share, 1)}" for each in kinds)


def _range(row: Parameter) -> str:
    """Of numbers, else of lengths."""
    if row.lowest is not None and row.highest is not None:
        return _between(row.lowest, row.highest)
    if row.shortest is not None and row.longest is not None:
        return f"length {_between(row.shortest, row.longest)}"
    return ""


def _between(low: float, high: float) -> str:
    return _number(low) if low == high else f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    """As a person writes it.

    >>> [_number(each) for each in (3.0, 2.5, 1_234_567.0, -0.00001)]
    ['3', '2.5', '1,234,567', '-1e-05']
    """
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e15 else f"{value:.4g}"


def _usual(row: Parameter) -> str:
    """Values with their share of the calls that have the attribute; those that stand alone tell nothing."""
    told = [each for each in row.values if each.calls > 1] or list(row.values[:1])
    return ", ".join(f"{each.value} {units.share(each.calls, row.calls)}" for each in told)


def _separation(what: str, title: str, found: Separation) -> list[RenderableType]:
    sides = f"{units.several(found.selected, 'call')} beside {units.count(found.rest)} others"
    parts: list[RenderableType] = [captions.caption(what, sides if found.selected else "no call")]
    if found.selected and not (found.values or found.numbers):
        parts.append(captions.hint("Nothing that they are given tells them apart, beyond chance."))
    if found.numbers:
        parts.append(_numbers(found.numbers[:_SHOWN], title))
    if found.values:
        parts.append(differences(found.values[:_SHOWN]))
    return parts


def _numbers(items: Sequence[NumberDifference], title: str) -> Grid[NumberDifference]:
    return Grid(
        (
            Column("number", lambda row: _name(row.key), wide=20),
            Column(f"median {title}", lambda row: _number(row.selected_median), is_number=True),
            Column("rest", lambda row: _number(row.rest_median), is_number=True),
            Column("", _above),
        ),
        items,
    )


def _above(row: NumberDifference) -> Text:
    higher = row.above >= 0.5
    part = 100 * (row.above if higher else 1 - row.above)
    return Text(f"{'higher' if higher else 'lower'} in {part:.0f} of 100 pairs", style=styles.WARN)
