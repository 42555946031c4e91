"""One trace as a tree: names on the left; on the right how long each span took, and where in time it lies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from echoline.model.answers_logs import LogRecord
from echoline.model.answers_traces import Trace
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import span_text, styles, units
from echoline.surfaces.cli.rendering.bars import waterfall
from echoline.surfaces.cli.rendering.clock import when
from echoline.surfaces.cli.rendering.folding import Folded, Node, folded

DURATION_WIDTH = 9
BAR_SHARE, MOST_BAR, LEAST_BAR = 0.3, 48, 12
GAP = 2


@dataclass(frozen=True)
class TraceTree:
    """A trace. `is_whole` shows every span on a line of its own; `zone` is that of the terminal if None."""

    trace: Trace
    now_ns: int
    zone: tzinfo | None = None
    is_whole: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Header, scale, tree and what was left out, at the width there is."""
        bar_width = int(max(LEAST_BAR, min(MOST_BAR, options.max_width * BAR_SHARE)))
        left_width = options.max_width - bar_width - DURATION_WIDTH - 2 * GAP
        tree = folded(self.trace.spans, is_whole=self.is_whole)
        yield from self._header()
        scale = f"0{units.duration(self.trace.duration_ns):>{bar_width - 1}}"
        yield Text(" " * (options.max_width - bar_width) + scale, style=styles.QUIET)
        for line in self._lines(tree.roots):
            yield line.drawn(left_width, bar_width, self.trace.duration_ns)
        yield from self._footnotes(tree)

    def _header(self) -> Iterator[Text]:
        trace = self.trace
        errors = f" · {units.several(trace.errors, 'error')}" if trace.errors else ""
        facts = f"{units.duration(trace.duration_ns)} · {units.several(trace.spans_total, 'span')}"
        yield Text.assemble(("Trace ", styles.HEAD), (trace.trace_id, styles.HEAD))
        yield Text.assemble(
            f"{facts}", (errors, styles.ERROR), f" · {when(nanoseconds(trace.start), self.now_ns, self.zone)}"
        )
        used = dict.fromkeys(span.resource_id for span in trace.spans)
        resources = [trace.resources[each] for each in used if each in trace.resources]
        senders = ((each.service, each.environment, each.version, each.revision) for each in resources)
        for service, environment, version, revision in dict.fromkeys(senders):
            told = " · ".join(filter(None, (environment, version, revision[:9])))
            yield Text.assemble(
                (service or "(no name)", f"bold {styles.service(service)}"), (f"  {told}", styles.QUIET)
            )
        yield Text()

    def _lines(self, roots: Sequence[Node]) -> Iterator["_Line"]:
        logs: dict[str, list[LogRecord]] = {}
        for log in self.trace.logs:
            logs.setdefault(log.span_id or "", []).append(log)
        start_ns = nanoseconds(self.trace.start)

        def walk(nodes: Sequence[Node], guide: str, above: str | None) -> Iterator[_Line]:
            for place, node in enumerate(nodes):
                branch, stem = ("", "") if above is None else ("├─ ", "│  ")
                if above is not None and place == len(nodes) - 1:
                    branch, stem = "└─ ", "   "
                service = node.span.service
                yield _Line(guide + branch, span_text.name(node, with_service=service != above), node)
                for offset_ns, text in span_text.details(node, logs, start_ns):
                    yield _Line(guide + stem + ("│  " if node.below else "   "), text, at_ns=offset_ns)
                yield from walk(node.below, guide + stem, service)

        yield from walk(roots, "", None)
        known = {span.span_id for span in self.trace.spans}
        for log in self.trace.logs:
            if log.span_id not in known:
                for text in span_text.record_lines(log):
                    yield _Line("", text, at_ns=nanoseconds(log.time) - start_ns)

    def _footnotes(self, tree: Folded) -> Iterator[Text]:
        trace = self.trace
        left_out = [
            units.several(tree.repeat_reports, "second report", "second reports") + " of one call",
            units.several(tree.steps, "step") + " of the web framework",
        ]
        told = [words for words, number in zip(left_out, (tree.repeat_reports, tree.steps), strict=True) if number]
        notes = [f"Left out: {', '.join(told)}. --all shows every span."] if told else []
        if trace.spans_left_out or trace.logs_left_out:
            cut = (
                f"{units.several(trace.spans_left_out, 'span')} and {units.several(trace.logs_left_out, 'log record')}"
            )
            notes.append(f"The trace is too large: {cut} at its end are not shown.")
        if notes:
            yield Text()
        yield from (Text(note, style=styles.QUIET) for note in notes)


@dataclass(frozen=True)
class _Line:
    """A span with its bar, or words at their moment, which may take the whole width."""

    guide: str
    text: Text
    node: Node | None = None
    at_ns: int = 0

    def drawn(self, left_width: int, bar_width: int, trace_ns: int) -> Text:
        """One line of exactly the width there is, or less."""
        if self.node is None:
            offset = f"+{units.duration(self.at_ns)}  "
            left = Text.assemble((self.guide + offset, styles.QUIET), self.text)
            left.truncate(left_width + DURATION_WIDTH + bar_width + 2 * GAP, overflow="ellipsis")
            return left
        tags = span_text.tags(self.node)
        left = Text.assemble((self.guide, styles.QUIET), self.text)
        left.truncate(max(left_width - tags.cell_len, 1), overflow="ellipsis")
        left.append_text(tags)
        left.truncate(left_width, overflow="ellipsis", pad=True)
        places = [span_text.place(span, trace_ns) for span in self.node.spans]
        bar = Text(waterfall(places, bar_width), style=styles.span(self.node.span.kind, self.node.span.status))
        time = f"{span_text.duration(self.node):>{DURATION_WIDTH}}"
        return Text.assemble(left, " " * GAP, time, " " * GAP, bar)
