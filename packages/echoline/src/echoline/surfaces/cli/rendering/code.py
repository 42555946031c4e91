"""Code objects and flows as tables, one of them with all that is known."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from echoline.model.answers_code import Caller, CodeObject, CodeObjectDetail, CodeRevision, Flow, FlowDetail, FlowStep
from echoline.surfaces.cli.rendering import captions, names, styles, units
from echoline.surfaces.cli.rendering.bars import bar
from echoline.surfaces.cli.rendering.grid import Column, Grid

BAR_WIDTH = 8
_SHOWN = 12


def code_objects(items: Sequence[CodeObject]) -> Grid[CodeObject]:
    """One row per code object, with its self time in all calls as a bar."""
    most = max((each.self_sum_ns for each in items), default=0)
    return Grid(
        (
            Column("code object", key, wide=32),
            Column(
                "service", lambda row: Text(row.service, style=styles.service(row.service)), rank=5, hides_alike=True
            ),
            Column("environment", lambda row: row.environment, rank=8, hides_alike=True),
            Column("calls", lambda row: units.count(row.calls), is_number=True),
            Column("errors", lambda row: _errors(row.errors, row.calls), is_number=True),
            Column("p50", lambda row: units.duration(row.p50_ns), rank=4, is_number=True),
            Column("p95", lambda row: units.duration(row.p95_ns), rank=1, is_number=True),
            Column("self p95", lambda row: units.duration(row.self_p95_ns), rank=3, is_number=True),
            Column("total", lambda row: units.duration(row.duration_sum_ns), rank=6, is_number=True),
            Column("self", lambda row: units.duration(row.self_sum_ns), is_number=True),
            Column("", lambda row: Text(bar(row.self_sum_ns, most, BAR_WIDTH), style=styles.BAR), rank=7),
        ),
        items,
    )


def code_object(found: CodeObjectDetail) -> RenderableType:
    """One code object: its costs, callers, flows and revisions."""
    where = f"{found.file}:{found.line}" if found.line > 0 else found.file
    parts: list[RenderableType] = [captions.caption(found.code_object, found.service, where), Text()]
    parts.append(code_objects([found]))
    if found.callers:
        parts += [Text(), captions.caption("called by"), _callers(found.callers[:_SHOWN])]
    if found.flows:
        parts += [Text(), captions.caption("on flows"), _flow_shares(found)]
    if len(found.revisions) > 1:
        parts += [Text(), captions.caption("by revision"), _revisions(found.revisions)]
    return Group(*parts)


def flows(items: Sequence[Flow]) -> Grid[Flow]:
    """One row per flow, with its share of the traffic."""
    most = max((each.share for each in items), default=0.0)
    return Grid(
        (
            Column("flow", lambda row: Text(row.id, style=styles.QUIET)),
            Column("entry", lambda row: names.operation(row.kind, row.entry), wide=28),
            Column(
                "service", lambda row: Text(row.service, style=styles.service(row.service)), rank=5, hides_alike=True
            ),
            Column("environment", lambda row: row.environment, rank=7, hides_alike=True),
            Column("steps", lambda row: units.count(row.steps_total), rank=3, is_number=True),
            Column("traces", lambda row: units.count(row.calls), is_number=True),
            Column("share", lambda row: f"{100 * row.share:.1f} %", is_number=True),
            Column("errors", lambda row: _errors(row.errors, row.calls), is_number=True),
            Column("p50", lambda row: units.duration(row.p50_ns), rank=2, is_number=True),
            Column("p95", lambda row: units.duration(row.p95_ns), is_number=True),
            Column("", lambda row: Text(bar(row.share, most, BAR_WIDTH), style=styles.BAR), rank=6),
        ),
        items,
    )


def flow(found: FlowDetail) -> RenderableType:
    """One flow with its steps as a tree, and traces to look at."""
    counted = units.several(found.calls, "trace")
    parts: list[RenderableType] = [captions.caption(f"flow {found.id}", found.service, counted), Text()]
    parts += [flows([found]), Text(), _steps(found.steps)]
    if found.steps_total > len(found.steps):
        parts.append(captions.hint(f"{found.steps_total - len(found.steps)} more steps are not kept."))
    if found.traces:
        parts += [Text(), captions.hint(f"echoline trace {found.traces[0]}")]
    return Group(*parts)


def key(row: CodeObject) -> Text:
    """The key, its module and language less loud than its name."""
    text = Text(row.code_object)
    text.stylize(styles.QUIET, 0, len(row.code_object) - len(row.qualname))
    return text


def _steps(steps: Sequence[FlowStep]) -> Grid[FlowStep]:
    return Grid(
        (
            Column("step", lambda row: Text("  " * row.depth) + names.operation(row.kind, row.operation), wide=32),
            Column(
                "service", lambda row: Text(row.service, style=styles.service(row.service)), rank=4, hides_alike=True
            ),
            Column("per trace", lambda row: f"×{row.calls_per_trace:.3g}", is_number=True),
            Column("most", lambda row: f"×{row.max_repeats}" if row.max_repeats > 1 else "", rank=2, is_number=True),
            Column("errors", lambda row: _errors(row.errors, row.calls), rank=3, is_number=True),
            Column("self", lambda row: units.duration(row.self_sum_ns), is_number=True),
            Column("critical", lambda row: units.duration(row.critical_sum_ns), rank=1, is_number=True),
            Column("code", lambda row: Text(", ".join(row.code_objects), style=styles.QUIET), rank=5, wide=20),
        ),
        steps,
    )


def _callers(callers: Sequence[Caller]) -> Grid[Caller]:
    return Grid(
        (
            Column("caller", lambda row: row.code_object or "(none)", wide=28),
            Column("for", lambda row: Text(row.entry, style=styles.QUIET), rank=1, wide=20),
            Column("calls", lambda row: units.count(row.calls), is_number=True),
            Column("errors", lambda row: _errors(row.errors, row.calls), is_number=True),
            Column("most", lambda row: f"×{row.max_repeats}" if row.max_repeats > 1 else "", rank=2, is_number=True),
            Column("total", lambda row: units.duration(row.duration_sum_ns), rank=3, is_number=True),
            Column("self", lambda row: units.duration(row.self_sum_ns), is_number=True),
        ),
        callers,
    )


def _flow_shares(found: CodeObjectDetail) -> RenderableType:
    return Grid(
        (
            Column("flow", lambda row: Text(row.flow, style=styles.QUIET)),
            Column("entry", lambda row: row.entry, wide=28),
            Column("traces", lambda row: units.count(row.traces), is_number=True),
            Column("calls", lambda row: units.count(row.calls), is_number=True),
        ),
        found.flows[:_SHOWN],
    )


def _revisions(revisions: Sequence[CodeRevision]) -> Grid[CodeRevision]:
    return Grid(
        (
            Column("version", lambda row: row.version),
            Column("revision", lambda row: row.revision[:9]),
            Column("calls", lambda row: units.count(row.calls), is_number=True),
            Column("errors", lambda row: _errors(row.errors, row.calls), is_number=True),
            Column("p50", lambda row: units.duration(row.p50_ns), is_number=True),
            Column("p95", lambda row: units.duration(row.p95_ns), is_number=True),
            Column("self p50", lambda row: units.duration(row.self_p50_ns), is_number=True),
            Column("self", lambda row: units.duration(row.self_sum_ns), is_number=True),
        ),
        revisions,
    )


def _errors(errors: int, calls: int) -> Text:
    return Text(f"{units.count(errors)}  {units.share(errors, calls):>6}" if errors else "", style=styles.ERROR)
