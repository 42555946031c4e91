"""Two sides compared, as text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from echoline.model.answers_compare import Change, Comparison, Shift, SideShown
from echoline.surfaces.cli.rendering import captions, changes, styles, units

# Of a revision the first digits are enough.
_LONG = re.compile(r"\b([0-9a-f]{9})[0-9a-f]{3,}\b")


@dataclass(frozen=True)
class ComparisonPicture:
    """Head, what moved, and what did not; with `is_whole` the latter line by line."""

    found: Comparison
    now_ns: int
    is_whole: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draws it part by part."""
        found = self.found
        yield Text.assemble((f"{found.before.name} → {found.after.name}", styles.HEAD), "  ", *counts(found))
        for name, side in (("before", found.before), ("after", found.after)):
            yield Text(f"{name:6}  {self._side(side)}", style=styles.QUIET)
        if found.method == "cohorts":
            yield captions.hint("Compared within the same minutes, in which both ran side by side.")
        yield from shifts(found.shifts)
        yield from what_moved(found.items)
        if self.is_whole:
            rows = list(changes.still(found.items))
            yield from (Text(), changes.table(rows)) if rows else ()
        yield from self._rest()

    def _side(self, side: SideShown) -> str:
        window = captions.window(side.since, side.until, self.now_ns)
        releases = (_LONG.sub(r"\1", each) for each in side.releases)
        return " · ".join((*releases, window, units.several(side.calls, "call")))

    def _rest(self) -> Iterator[RenderableType]:
        words = visible(self.found.items)
        if words:
            yield Text()
            yield captions.hint(words)
        for note in self.found.notes:
            yield captions.hint(f"Note: {note}.")
        if self.found.left_out:
            yield captions.hint(f"{self.found.left_out} more are not listed: --limit shows them.")


def counts(found: Comparison) -> list[tuple[str, str]]:
    """How many are worse, better and unchanged, in colours."""
    parts = [
        (f"{found.worse} worse", styles.ERROR if found.worse else styles.QUIET), (" · ", styles.QUIET),
        (f"{found.better} better", styles.GOOD if found.better else styles.QUIET),
        (f" · {found.unchanged} unchanged", styles.QUIET),
    ]  # fmt: skip
    return [*parts, (f" · {found.unknown} with too little traffic", styles.QUIET)] if found.unknown else parts


def shifts(found: Sequence[Shift]) -> Iterator[RenderableType]:
    """What all of a service shares."""
    for each in found:
        words = "slower" if each.change > 0 else "faster"
        yield Text(
            f"All of {each.service} became {words} together ({changes.relative(each.change)}): a neighbour, the "
            "machine, or one thing that holds up the rest. What is listed stands out beyond that.",
            style=styles.WARN,
        )


def what_moved(items: Sequence[Change]) -> Iterator[RenderableType]:
    """The table of what is worse, better, new or gone; nothing when nothing is."""
    rows = list(changes.moved(items))
    if rows:
        yield Text()
        yield changes.table(rows)


def visible(items: Sequence[Change]) -> str:
    """How small a change of time would have been seen in what is unchanged, in a sentence; empty when nothing is."""
    found = sorted(
        each.smallest_visible
        for change in items
        if change.verdict == "unchanged"
        for each in change.measures
        if each.measure == "duration" and each.smallest_visible is not None
    )
    if not found:
        return ""
    middle = found[len(found) // 2]
    count = sum(change.verdict == "unchanged" for change in items)
    return (
        f"{count} unchanged: in half of them a change of {changes.relative(middle).lstrip('+')} would have been seen."
    )
