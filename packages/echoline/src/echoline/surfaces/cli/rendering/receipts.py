"""A deployment with its receipt."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from echoline.model.answers_deployments import Deployment, DeploymentDetail, Receipt
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import captions, changes, comparison, styles, units
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
        if self.detail.receipt:
            yield from receipt(self.detail.receipt, self.now_ns)
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


def receipt(found: Receipt, now_ns: int) -> Iterator[RenderableType]:
    """What it did, in a sentence, in numbers and in a table."""
    yield Text()
    style = {"worse": styles.ERROR, "better": styles.GOOD}.get(found.verdict, "")
    yield Text.assemble((found.verdict.capitalize() if found.verdict != "unknown" else "Not known", f"bold {style}"), (
        f"  {found.summary}", ""
    ))  # fmt: skip
    windows = [
        f"{units.several(calls, 'call')} {captions.window(since, until, now_ns)}"
        for calls, since, until in (
            (found.calls_before, found.before_since, found.before_until),
            (found.calls_after, found.after_since, found.after_until),
        )
    ]
    beside = "beside" if found.method == "cohorts" else "after"
    compared = f"{units.several(found.compared, 'operation')} compared: {windows[1]} {beside} {windows[0]}"
    yield Text(compared, style=styles.QUIET)
    yield from comparison.shifts(found.shifts)
    yield from comparison.what_moved(found.changes)
    if found.smallest_visible is not None:
        yield Text()
        yield captions.hint(
            f"In endpoints with half of all calls a change of {changes.relative(found.smallest_visible).lstrip('+')} "
            "would have been seen."
        )
