"""Log records, one line each, that can be printed as they come."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.text import Text

from echoline.model.answers_logs import LogRecord
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import names, styles
from echoline.surfaces.cli.rendering.clock import moment
from echoline.surfaces.cli.rendering.exceptions import exception_lines

SEVERITY_WIDTH = 5
# From here on there is room for the trace.
WIDE = 100


def log_lines(records: Sequence[LogRecord], now_ns: int, *, is_whole: bool = False) -> Group:
    """Records that come newest first, as in a file: the newest one stands last."""
    with_service = len({record.service for record in records}) > 1
    return Group(*(LogLine(record, now_ns, with_service, is_whole) for record in reversed(records)))


@dataclass(frozen=True)
class LogLine:
    """One record. `with_service` where records of several services stand together; `is_whole` keeps all its lines."""

    record: LogRecord
    now_ns: int
    with_service: bool = True
    is_whole: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The first line cut to the width with the trace at its end, the others below it when they are wanted."""
        first, *others = names.body(self.record.body).strip().splitlines() or [""]
        head = self._head()
        head.append(first, style=styles.SEVERITIES[self.record.severity])
        if others and not self.is_whole:
            head.append(f"  +{len(others)} lines", style=styles.QUIET)
        trace = names.trace_id(self.record.trace_id) if options.max_width >= WIDE else ""
        if trace:
            head.truncate(options.max_width - len(trace) - 2, overflow="ellipsis", pad=True)
            head.append(f"  {trace}", style=styles.QUIET)
        head.truncate(options.max_width, overflow="ellipsis")
        yield head
        for line in others if self.is_whole else ():
            yield Text(f"    {line}", style=styles.QUIET)
        # Its exception is in the attributes, not in the body.
        kind = self.record.exception_type
        for told in exception_lines(self.record.attributes, kind) if kind else ():
            text = Text.assemble("    ", told)
            text.truncate(options.max_width, overflow="ellipsis")
            yield text

    def _head(self) -> Text:
        record = self.record
        style = styles.SEVERITIES[record.severity]
        severity = "" if record.severity == "UNSPECIFIED" else record.severity.lower()
        head = Text(moment(nanoseconds(record.time), self.now_ns), style=styles.QUIET)
        head.append(f"  {severity:<{SEVERITY_WIDTH}}  ", style=style or styles.QUIET)
        if self.with_service:
            head.append(f"{record.service}  ", style=styles.service(record.service))
        if record.event_name:
            head.append(f"◆ {record.event_name}  ")
        return head
