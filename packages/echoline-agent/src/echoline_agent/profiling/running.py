"""The parts of profiling in one process: sampler, census and the thread that reports for both."""

import atexit
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from opentelemetry.sdk.trace import TracerProvider

from echoline_agent import leaving
from echoline_agent.functions.program import Program
from echoline_agent.guard import guard
from echoline_agent.loud import say
from echoline_agent.profiling.census import Census
from echoline_agent.profiling.census_report import CensusReport
from echoline_agent.profiling.profiles import Profiles
from echoline_agent.profiling.reporter import Report, Reporter
from echoline_agent.profiling.sampler import AFTER_FORK_S, PERIOD_S, Sampler
from echoline_agent.profiling.samples import Room
from echoline_agent.profiling.sending import LOGS_PATH, PROFILES_PATH, Sender, target
from echoline_agent.profiling.timer import after_fork

if TYPE_CHECKING:
    from echoline_agent.settings import AgentSettings


class Running:
    """Starts everything, carries it over a fork, and ends it with the process."""

    def __init__(self, census: Census, settings: "AgentSettings", environ: Mapping[str, str] = os.environ) -> None:
        self.provider: TracerProvider | None = None
        self._sampler: Sampler | None = None
        reports: list[Report] = []
        if to := target("profiles", PROFILES_PATH, environ):
            room = Room()
            self._sampler = Sampler(room)
            reports.append(Profiles(room, Sender(to), self._resource, PERIOD_S).report)
        if (to := target("logs", LOGS_PATH, environ)) and census.is_running:
            program = Program(settings.include, settings.exclude)
            reports.append(CensusReport(census, Sender(to), self._resource, program).report)
        if self._sampler is None:
            say("CPU is not sampled: traces do not go over OTLP/HTTP; set OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT")
        self._reporter = Reporter(reports)

    def start(self, provider: TracerProvider) -> None:
        """Once a process; forked children go on by themselves."""
        self.provider = provider
        if self._sampler is not None:
            self._sampler.start()
        self._reporter.start()
        after_fork(self._renew)
        leaving.flushes.append(self._reporter)
        atexit.register(self._end)

    @guard("profiling")
    def _renew(self) -> None:
        if self._sampler is not None:
            self._sampler.renew()
        self._reporter.start(AFTER_FORK_S)

    @guard("profiling")
    def _end(self) -> None:
        if self._sampler is not None:
            self._sampler.stop()
        self._reporter.end()

    def _resource(self) -> Mapping[str, Any]:
        return self.provider.resource.attributes if self.provider is not None else {}
