"""A deployment with its receipt."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from echoline.model.answers_deployments import Deployment, DeploymentDetail
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import styles, units
from echoline.surfaces.cli.rendering.clock import when
from echoline.surfaces.cli.rendering.deployments import release, verdict


@dataclass(frozen=True)
class ReceiptPicture:
    """Head, what ran when, what it did."""

    detail: DeploymentDetail
    now_ns: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draws it part by part."""
        yield from self._head(self.detail.deployment)
        if self.detail.advice:
            yield Text()
            yield Text(self.detail.advice, style=styles.WARN)

    def _head(self, each: Deployment) -> Iterator[RenderableType]:
        where = f" in {each.environment}" if each.environment else ""
        yield Text.assemble(
            ("Deployment ", ""), (each.id, styles.QUIET), "  ", (each.service, styles.service(each.service)),
            f" {release(each.version, each.revision)}{where}  ", verdict(each),
        )  # fmt: skip
        facts = []
        if each.previous_version is not None:
            before = release(each.previous_version, each.previous_revision)
            facts.append(f"{'rollback from' if each.is_rollback else 'after'} {before}")
        if each.first_seen:
            facts.append(f"first seen {when(nanoseconds(each.first_seen), self.now_ns)}")
            facts.append(units.several(each.calls, "call"))
        if each.announced:
            facts.append(f"announced {when(nanoseconds(each.announced), self.now_ns)}")
        if each.overlap_until:
            facts.append("both ran side by side")
        yield Text(" · ".join(facts), style=styles.QUIET)
