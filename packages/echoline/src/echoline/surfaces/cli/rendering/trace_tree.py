"""One trace as a tree: names on the left; on the right how long each span took, and where in time it lies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    """A trace. `is_whole` shows every span on a line of its own."""

    trace: Trace
    now_ns: int
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
        errors = f" · {trace.errors} {'error' if trace.errors == 1 else 'errors'}" if trace.errors else ""
        facts = f"{units.duration(trace.duration_ns)} · {units.count(trace.spans_total)} spans"
        yield Text.assemble(("Trace ", styles.HEAD), (trace.trace_id, styles.HEAD))
        yield Text.assemble(f"{facts}", (errors, styles.ERROR), f" · {when(nanoseconds(trace.start), self.now_ns)}")
        senders = ((each.service, each.environment, each.version, each.revision) for each in trace.resources.values())
        for service, environment, version, revision in dict.fromkeys(senders):
            told = " · ".join(filter(None, (environment, version, revision[:9])))
            yield Text.assemble(
                (service or "(no name)", f"bold {styles.service(service)}"), (f"  {told}", styles.QUIET)
            )
        yield Text()

    def _lines(self, roots: Sequence[Node]) -> Iterator["_Line"]:
        services = {span.span_id: span.service for span in self.trace.spans}
        logs: dict[str, list[LogRecord]] = {}
        for log in self.trace.logs:
            logs.setdefault(log.span_id or "", []).append(log)
        start_ns = nanoseconds(self.trace.start)

        def walk(nodes: Sequence[Node], guide: str, branches: tuple[str, str]) -> Iterator[_Line]:
            for place, node in enumerate(nodes):
                is_last = place == len(nodes) - 1
                branch = branches[is_last]
                below = guide + {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
                crosses = services.get(node.span.parent_span_id or "") != node.span.service
                yield _Line(guide + branch, span_text.name(node, with_service=crosses), node)
                hanging = below + ("│  " if node.below else "   ")
                for offset_ns, text in span_text.details(node, logs, start_ns):
                    yield _Line(hanging, text, at_ns=offset_ns)
                yield from walk(node.below, below, ("├─ ", "└─ "))

        yield from walk(roots, "", ("", ""))
        known = set(services)
        for log in self.trace.logs:
            if log.span_id not in known:
                yield _Line("", span_text.log_text(log), at_ns=nanoseconds(log.time) - start_ns)

    def _footnotes(self, tree: Folded) -> Iterator[Text]:
        trace = self.trace
        notes = [
            (tree.repeat_reports, "spans that tell of a call a second time are left out; --all shows them"),
            (tree.messages, "spans of single messages (http send, http receive) are left out; --all shows them"),
            (trace.spans_left_out, "later spans are not shown: the trace is too large"),
            (trace.logs_left_out, "log records are not shown"),
        ]
        if any(count for count, _ in notes):
            yield Text()
        for count, words in notes:
            if count:
                yield Text(f"{units.count(count)} {words}", style=styles.QUIET)


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
