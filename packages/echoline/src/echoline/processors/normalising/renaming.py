"""Gives the attributes of one part their present names, and keeps what was replaced as originals."""

from collections.abc import Sequence
from dataclasses import dataclass

from echoline.conventions.semconv import JOINS, RENAMES, RESPELLED, Join, Rename
from echoline.model.batch import Part
from echoline.processors.normalising.cells import Mask
from echoline.processors.normalising.editing import Editing
from echoline.processors.normalising.pools import GrowingPool


@dataclass(frozen=True)
class Rules:
    """The lines of the tables that a batch has something for, and those of their names that it has."""

    renames: Sequence[Rename]
    joins: Sequence[Join]
    keys: Sequence[str]

    @classmethod
    def of(cls, pool: GrowingPool, *, is_respelled: bool = True) -> "Rules":
        """`is_respelled`: also the lines for values that senders write in several ways."""
        renames = [line for line in (RENAMES + RESPELLED if is_respelled else RENAMES) if line.old in pool]
        joins = [line for line in JOINS if line.second in pool]
        names = {line.old for line in renames} | {output.new for line in renames for output in line.outputs}
        names |= {name for line in joins for name in (line.first, line.second, line.new)}
        return cls(renames, joins, sorted(name for name in names if name in pool))


def renamed(
    part: Part, pool: GrowingPool, rules: Rules, *, is_server: Mask | None = None, is_lossy: bool = True
) -> Part:
    """The part with new names; `is_server` tells the side of each row, without it the lines of one side do nothing.

    Where an old name and the new one stand on one row the new one wins and the old one leaves. Not so unless
    `is_lossy`: two points that differ only in what leaves would become one series.
    """
    if not rules.keys or not len(part) or not len(part.attributes.codes):
        return part
    editing = Editing(part, pool, rules.keys, is_server, is_lossy)
    for join in rules.joins:
        editing.join(join)
    for line in rules.renames:
        editing.rename(line)
    return editing.done()
