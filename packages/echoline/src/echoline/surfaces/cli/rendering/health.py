"""The state of a server in a few lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from echoline.model.answers import Health
from echoline.surfaces.cli.rendering import styles, units


@dataclass(frozen=True)
class HealthPicture:
    """One line per fact; what is nothing is left out, but for what is stored."""

    health: Health
    url: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draws it."""
        health, is_ok = self.health, self.health.status == "ok"
        mark = ("✓ ", styles.GOOD) if is_ok else ("✗ ", styles.ERROR)
        yield Text.assemble(mark, (f"Echoline {health.version}", styles.HEAD), f" at {self.url}: {health.status}")
        for name, text in self._facts():
            yield Text.assemble((f"  {name:<12}", styles.QUIET), text)
        for problem in health.problems:
            yield Text(f"  ✗ {problem}", style=styles.ERROR)

    def _facts(self) -> Iterator[tuple[str, Text]]:
        health, stored = self.health, self.health.stored
        kinds = [(stored.spans, "span"), (stored.logs, "log record"), (stored.metric_points, "metric point")]
        kinds += [(stored.profile_samples, "profile sample")] if stored.profile_samples else []
        parts = (f"{number:,} {noun}{'' if number == 1 else 's'}" for number, noun in kinds)
        yield "stored", Text(", ".join(parts))
        yield "lag", Text(f"{units.duration(health.lag_seconds * 1e9)}" if health.lag_seconds else "none")
        for name, counts in (("refused", {**health.refused, **health.rejected}), ("cut", health.cut)):
            if counts:
                yield name, Text(by_reason(counts), style=styles.WARN)
        if health.quarantined:
            words = f"{units.several(health.quarantined, 'request')}; `echoline quarantine` shows them"
            yield "quarantined", Text(words, style=styles.WARN)


def by_reason(counts: Mapping[str, int]) -> str:
    """Counts with their reasons, largest first: "12 too_old, 3 no_trace_id"."""
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{number:,} {reason}" for reason, number in ranked)
