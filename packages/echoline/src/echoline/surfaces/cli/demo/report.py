"""The demo's report: one part below the other, each with the command that shows it."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.rule import Rule
from rich.text import Text

from echoline.model.answers import Operation
from echoline.surfaces.cli.demo.history import Commit
from echoline.surfaces.cli.demo.look import Seen
from echoline.surfaces.cli.demo.regression import lines
from echoline.surfaces.cli.demo.releases import Releases
from echoline.surfaces.cli.demo.shop import Driven
from echoline.surfaces.cli.rendering import deployments as tables_of
from echoline.surfaces.cli.rendering import styles, tables, units
from echoline.surfaces.cli.rendering.comparison import ComparisonPicture
from echoline.surfaces.cli.rendering.error_blocks import ErrorBlock
from echoline.surfaces.cli.rendering.receipts import ReceiptPicture
from echoline.surfaces.cli.rendering.trace_tree import TraceTree


def report(
    seen: Seen,
    driven: Driven,
    listeners: Mapping[str, str],
    now_ns: int,
    *,
    is_over: bool = False,
    releases: Releases | None = None,
) -> Iterator[RenderableType]:
    """All parts; those that were not seen are left out. `is_over`: nothing can be asked afterwards."""
    stored = seen.health.stored
    kept = ", ".join(
        (
            units.several(stored.spans, "span"),
            units.several(stored.logs, "log record"),
            units.several(stored.metric_points, "metric point"),
        )
    )
    yield Text()
    yield Text.assemble(
        ("Eight customers used the shop", styles.HEAD),
        f" for {driven.seconds:.0f} s: {units.several(driven.requests, 'request')}. Echoline kept {kept}.",
    )
    if not is_over:
        yield Text.assemble(
            "Each part is headed by the command that shows it. To try them in another terminal, first:\n",
            (f"  export ECHOLINE_URL={listeners['api']}", "bold"),
        )
    yield from _part("Endpoints", "endpoints", tables.operations(seen.endpoints, "endpoint"))
    if seen.slowest_query:
        yield from _part("Slowest query", "operations --kind client --sort p95", _query(seen.slowest_query))
    if seen.error:
        yield from _part("An error", "errors --stack", ErrorBlock(seen.error, now_ns, "own"))
    if seen.trace:
        yield from _part("A trace", f"trace {seen.trace.trace_id[:16]}", TraceTree(seen.trace, now_ns))
    if releases:
        yield from _releases(releases, now_ns)
    yield from _part("Go on", "", _afterwards() if is_over else _next(listeners))


def _releases(found: Releases, now_ns: int) -> Iterator[RenderableType]:
    """What was deployed, and what that did."""
    yield from _part("Two releases", "deployments", tables_of.deployments(found.deployments, now_ns))
    yield Text()
    yield commits(found.commits)
    if found.receipt:
        picture = ReceiptPicture(found.receipt, now_ns)
        yield from _part("What the second one did", f"deployments {found.receipt.deployment.id[:8]}", picture)
    if found.comparison:
        command = f"compare {found.comparison.before.name} {found.comparison.after.name}"
        yield from _part("Before and after", command, ComparisonPicture(found.comparison, now_ns))
    if found.regression:
        worst = found.regression
        command = f"code {worst.function.id}" if worst.function else f"deployments {worst.deployment.id[:8]}"
        yield from _part("What got worse", command, lines(worst, now_ns))


def commits(found: Sequence[Commit]) -> Text:
    """The history that was deployed, in order of time; what ran is marked."""
    text = Text()
    for place, each in enumerate(found):
        is_deployed = place in (0, len(found) - 1)
        text.append(f"{'●' if is_deployed else '│'} ", style=styles.GOOD if is_deployed else styles.QUIET)
        text.append(f"{each.revision[:9]} ", style=styles.QUIET)
        text.append(each.subject, style="" if is_deployed else styles.QUIET)
        text.append(f"  {each.author}\n", style=styles.QUIET)
    text.rstrip()
    return text


def program() -> str:
    """How the reader can call us: by name where the shell finds it, else by the path that was used."""
    if shutil.which("echoline"):
        return "echoline"
    called = Path(sys.argv[0])
    try:
        return str(called.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(called)


def _part(title: str, command: str, picture: RenderableType) -> Iterator[RenderableType]:
    yield Text()
    heading = Text.assemble((title, styles.HEAD), (f"  {program()} {command}" if command else "", styles.QUIET))
    yield Rule(heading, align="left", style=styles.QUIET)
    yield Text()
    yield picture


def _query(query: Operation) -> RenderableType:
    numbers = (
        f"{units.several(query.calls, 'call')} · p50 {units.duration(query.p50_ns)} · "
        f"p95 {units.duration(query.p95_ns)} · in total {units.duration(query.duration_sum_ns)}"
    )
    return Text.assemble((query.service, styles.service(query.service)), f"  {numbers}\n", (query.name, ""))


def _next(listeners: Mapping[str, str]) -> RenderableType:
    us = program()
    lines = [
        f"{us} endpoints --sort p95",
        f"{us} traces --errors",
        f"{us} traces --heat",
        f"{us} metrics",
        f"{us} compare previous current --all",
        f"{us} doctor",
    ]
    own = f"OTEL_EXPORTER_OTLP_ENDPOINT={listeners['http']} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
    text = Text("In another terminal, after the export above:\n")
    text.append("".join(f"  {line}\n" for line in lines), style="bold")
    text.append("Send it your own program's telemetry:\n")
    text.append(f"  {own}", style="bold")
    return text


def _afterwards() -> RenderableType:
    text = Text("All of this ends now. To stay with the shop, or to look at your own program:\n")
    text.append(f"  {program()} demo\n  {program()} up", style="bold")
    return text
