"""Tells the receiver what the census found, as OTLP log records: one per function, in batches, again each day.

A function counts as not entered when its module was loaded and nobody called it. What is told once a day is true of
that day, so "not entered in 30 days" can be asked of stored records.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs, SeverityNumber
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from echoline_agent.functions import code_names
from echoline_agent.functions.program import Kind, Program
from echoline_agent.profiling.census import Census
from echoline_agent.profiling.definitions import Definition, definition, loaded_from
from echoline_agent.profiling.profile_request import SCOPE, key_values
from echoline_agent.profiling.sending import Sender

EVENT = "echoline.census"
ENTERED = "echoline.census.entered"

BATCH = 1_000
EVERY_S = 60.0
AGAIN_S = 24 * 3600.0
SETTLED_S = 60.0
"""Before a program has run so long, functions that it has not entered yet say nothing about it."""

Names = tuple[str, str]
"""File and qualified name."""


@dataclass(frozen=True)
class Found:
    """One function of the census, under the name that spans give it."""

    module: str
    qualname: str
    file: str
    line: int
    entered_ns: int | None


class CensusReport:
    """Remembers what it has told, so that each round tells only news; it looks only at what is new itself."""

    def __init__(
        self,
        census: Census,
        sender: Sender,
        resource: Callable[[], Mapping[str, Any]],
        program: Program,
        now: Callable[[], float] = time.monotonic,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._census, self._sender, self._resource, self._program = census, sender, resource, program
        self._now, self._now_ns = now, now_ns
        self._started_s = self._since_s = now()
        self._reported_s = float("-inf")
        self._found: dict[Names, Found] = {}
        self._told: dict[Names, bool] = {}
        self._looked_at = (0, 0)
        # Kept, because a program that ends takes the file from its first module before it calls us.
        self._modules: dict[str, str] = {}
        self._names: set[str] = set()
        self._loaded: list[Definition] = []
        self._learn_modules()

    def report(self, limit_s: float | None) -> None:
        """Sends what is new, until a batch is not taken; that batch is news again the next time.

        Without a time limit it does so about once a minute; with one, at once.
        """
        is_due = limit_s is not None or self._now() - self._reported_s >= EVERY_S
        if not self._census.is_running or self._sender.is_paused() or not is_due:
            return
        self._reported_s = self._now()
        if self._now() - self._since_s >= AGAIN_S:
            self._begin_again()
        self._look()
        news = list(self._news())
        for start in range(0, len(news), BATCH):
            batch = news[start : start + BATCH]
            if not self._sender.send(self._request(batch), limit_s):
                return
            self._told.update(((each.file, each.qualname), each.entered_ns is not None) for each in batch)

    def _begin_again(self) -> None:
        self._since_s = self._now()
        self._told.clear()
        self._found.clear()
        self._names.clear()
        self._looked_at = (0, 0)
        self._census.again()

    def _news(self) -> Iterator[Found]:
        has_settled = self._now() - self._started_s >= SETTLED_S
        for names, found in self._found.items():
            told = self._told.get(names)
            is_entered = found.entered_ns is not None
            if (told is None and (is_entered or has_settled)) or (told is False and is_entered):
                yield found

    def _look(self) -> None:
        """Takes in what was entered and defined since it looked before; functions of one name in one file are one."""
        self._learn_modules()
        loaded, self._loaded = self._loaded, []
        entered, defined = list(self._census.entered.items()), list(self._census.defined)
        seen_entered, seen_defined = self._looked_at
        self._looked_at = (len(entered), len(defined))
        for each, at_ns in entered[seen_entered:]:
            self._take(each, at_ns)
        for each in defined[seen_defined:] + loaded:
            self._take(each, None)

    def _take(self, each: Definition, entered_ns: int | None) -> None:
        module = self._modules.get(each.file, "?")
        if not self._is_ours(each.file, module):
            return
        qualname = code_names.qualname(each.qualname)
        names = (code_names.absolute(each.file), qualname)
        known = self._found.get(names)
        if known is None or (known.entered_ns is None and entered_ns is not None):
            self._found[names] = Found(module, qualname, names[0], each.line, entered_ns)

    def _learn_modules(self) -> None:
        """Names of modules by their file; and the functions of those that were loaded before the census began."""
        for name, module in [each for each in list(sys.modules.items()) if each[0] not in self._names]:
            file = getattr(module, "__file__", None)
            if not isinstance(file, str):
                continue
            self._names.add(name)
            # The program's first module goes by the name that it has for others.
            if file not in self._modules or name != "__main__":
                self._modules[file] = code_names.module_name(name)
            if file not in self._census.files and self._is_ours(file, name):
                self._loaded += map(definition, loaded_from(module))

    def _is_ours(self, file: str, module: str) -> bool:
        return self._program.kind(file, module) is Kind.PROGRAM

    def _request(self, batch: Sequence[Found]) -> bytes:
        now_ns = self._now_ns()
        logs = ScopeLogs(scope=InstrumentationScope(name=SCOPE), log_records=[_record(each, now_ns) for each in batch])
        whole = ResourceLogs(resource=Resource(attributes=key_values(self._resource())), scope_logs=[logs])
        return bytes(ExportLogsServiceRequest(resource_logs=[whole]).SerializeToString())


def _record(found: Found, now_ns: int) -> "LogRecord":
    return LogRecord(
        event_name=EVENT,
        time_unix_nano=found.entered_ns or now_ns,
        observed_time_unix_nano=now_ns,
        severity_number=SeverityNumber.SEVERITY_NUMBER_INFO,
        attributes=key_values(
            {
                code_names.FUNCTION: f"{found.module}.{found.qualname}",
                code_names.FILE: found.file,
                code_names.LINE: found.line,
                ENTERED: found.entered_ns is not None,
            }
        ),
    )
