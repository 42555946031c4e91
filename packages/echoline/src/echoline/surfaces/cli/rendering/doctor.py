"""What doctor found: a line per check with the line that mends it, and a card per service that sends."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from echoline.model.answers_doctor import ReadinessCard
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.check import Check, State
from echoline.surfaces.cli.rendering import names, styles, units
from echoline.surfaces.cli.rendering.clock import ago

MARKS: dict[State, tuple[str, str]] = {
    "good": ("✓", styles.GOOD),
    "advice": ("!", styles.WARN),
    "bad": ("✗", styles.ERROR),
}
NAME_WIDTH = 12


@dataclass(frozen=True)
class CheckList:
    """Checks below each other."""

    checks: Sequence[Check]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """What was found is wrapped under itself; the mending line stands alone, to be copied."""
        for check in self.checks:
            yield from _lines(check.name, check.state, check.found, options.max_width)
            if check.mend:
                yield _mend(check.mend)


@dataclass(frozen=True)
class Cards:
    """Readiness cards below each other; good points share one line."""

    cards: Sequence[ReadinessCard]
    now_ns: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One block per card."""
        for card in self.cards:
            yield Text()
            yield self._head(card)
            good = [point.point for point in card.points if point.is_good]
            if good:
                yield from _lines("tells", "good", ", ".join(good), options.max_width)
            missing = [point for point in card.points if not point.is_good]
            for place, point in enumerate(missing):
                yield from _lines(point.point, "advice", point.found, options.max_width)
                # Neighbours that one line mends share it.
                if point.mend and point.mend not in [other.mend for other in missing[place + 1 :]]:
                    yield _mend(point.mend)

    def _head(self, card: ReadinessCard) -> Text:
        facts = [units.several(card.spans, "span"), units.several(card.logs, "log record")]
        if card.last_seen:
            facts.append(f"last {ago(nanoseconds(card.last_seen), self.now_ns)}")
        facts += [fact for fact in (card.language, card.sdk) if fact]
        head = Text.assemble((card.service or "(no name)", f"bold {styles.service(card.service)}"))
        return head.append(f"{names.environment(card.environment)}  {' · '.join(facts)}", style=styles.QUIET)


def _lines(name: str, state: State, found: str, width: int) -> Iterator[Text]:
    mark, style = MARKS[state]
    indent = 4 + NAME_WIDTH
    for place, line in enumerate(_wrapped(found, width - indent)):
        head = Text.assemble((f"  {mark} ", style), (f"{name:<{NAME_WIDTH}}", "")) if not place else Text(" " * indent)
        yield head.append(line)


def _mend(line: str) -> Text:
    return Text(" " * (4 + NAME_WIDTH) + line, style="bold", no_wrap=True, overflow="ignore")


def _wrapped(words: str, width: int) -> Iterable[str]:
    lines = Text(words).wrap(Console(width=max(width, 20)), max(width, 20))
    return [line.plain.rstrip() for line in lines] or [""]
