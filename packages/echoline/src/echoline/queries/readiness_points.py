"""Judges what a service tells about itself, and names the line that would make it tell more."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from echoline.model.answers_doctor import Readiness, ReadinessPoint

# A clock may be off by this much before the order of things gets confusing.
_MAX_AHEAD_NS = 5 * 10**9
# So few log records without a trace are those of a start, or of an access log.
_CORRELATED_SHARE = 0.2

# Values that a shell fills in where the program is started.
_ATTRIBUTES: Mapping[ReadinessPoint, str] = {
    "environment": "deployment.environment.name=dev",
    "version": "service.version=$(git describe --tags --always)",
    "revision": "vcs.ref.head.revision=$(git rev-parse HEAD)",
}
_SEND_LOGS = {"python": "pip install opentelemetry-instrumentation-logging"}
_NAME_FUNCTIONS = {
    "python": "export OTEL_PYTHON_LOG_CODE_ATTRIBUTES=true",
    "java": "export OTEL_INSTRUMENTATION_COMMON_EXPERIMENTAL_CONTROLLER_TELEMETRY_ENABLED=true",
}


@dataclass(frozen=True)
class Facts:
    """What was counted of one service in one environment."""

    service: str
    environment: str
    language: str = ""
    sdk: str = ""
    spans: int = 0
    spans_without_version: int = 0
    spans_without_revision: int = 0
    versions: int = 1
    """How many versions its spans have."""
    newest_version: str = ""
    spans_with_function: int = 0
    sampled: int = 0
    repeat_reports: int = 0
    repeating: tuple[str, ...] = ()
    """Scopes that tell of a call that another one has told already."""
    logs: int = 0
    logs_with_trace: int = 0
    logs_with_function: int = 0
    ahead_ns: int = 0
    """How far its newest item lies in the future."""


_STAMPING = "`echoline stamp` in its build tells it"


def telling(service: str, version: str) -> str:
    """The line that says which revision a version is.

    >>> telling("shop", "1.4")
    'echoline deployments tell -s shop --service-version 1.4 --revision $(git rev-parse HEAD)'
    """
    named = f"-s {shlex.quote(service)} --service-version {shlex.quote(version)}"
    return f"echoline deployments tell {named} --revision $(git rev-parse HEAD)"


def points(facts: Facts) -> tuple[Readiness, ...]:
    """All points that apply, in a fixed order. What of environment, version and revision is missing is one line."""
    return tuple(point for judged in _JUDGES for point in judged(facts))


def _name(facts: Facts) -> Iterator[Readiness]:
    is_good = bool(facts.service) and not facts.service.startswith("unknown_service")
    yield Readiness("name", is_good, facts.service or "none", "" if is_good else "export OTEL_SERVICE_NAME=my-service")


def _attributes(facts: Facts) -> Iterator[Readiness]:
    without: dict[ReadinessPoint, int] = {"environment": 0 if facts.environment else facts.spans or facts.logs}
    if facts.spans:
        without |= {"version": facts.spans_without_version, "revision": facts.spans_without_revision}
    parts = [_ATTRIBUTES[point] for point, number in without.items() if number]
    for point, number in without.items():
        if point == "revision" and number and facts.versions > 1 and facts.newest_version:
            found = f"version changed to {facts.newest_version}, revision unknown: no suspects; {_STAMPING}"
            # What is running cannot be stamped any more: its revision is told afterwards.
            yield Readiness(point, False, found, telling(facts.service, facts.newest_version))
        elif number:
            found = f"missing on {number:,} of {facts.spans or facts.logs:,}"
            yield Readiness(point, False, found, f'export OTEL_RESOURCE_ATTRIBUTES="{",".join(parts)}"')
        else:
            yield Readiness(point, True, facts.environment if point == "environment" else "on all spans", "")


def _logs(facts: Facts) -> Iterator[Readiness]:
    if not facts.logs:
        line = _SEND_LOGS.get(facts.language, "export OTEL_LOGS_EXPORTER=otlp")
        yield Readiness("logs", False, "none are sent", line)
        return
    is_good = facts.logs_with_trace >= _CORRELATED_SHARE * facts.logs
    found = f"{facts.logs_with_trace:,} of {facts.logs:,} records belong to a trace"
    # Who sends records sends the trace with them: there is nothing to install.
    yield Readiness("logs", is_good, found if is_good else f"{found}; those outside of a span have none", "")


def _functions(facts: Facts) -> Iterator[Readiness]:
    named = facts.spans_with_function + facts.logs_with_function
    found = (
        f"named on {facts.spans_with_function:,} of {facts.spans:,} spans, "
        f"{facts.logs_with_function:,} of {facts.logs:,} log records"
    )
    yield Readiness("functions", named > 0, found, "" if named else _NAME_FUNCTIONS.get(facts.language, ""))


def _sampling(facts: Facts) -> Iterator[Readiness]:
    if facts.sampled:
        found = f"{facts.sampled:,} of {facts.spans:,} spans are samples: counts are estimates"
        yield Readiness("sampling", False, found, "export OTEL_TRACES_SAMPLER=parentbased_always_on")
    elif facts.spans:
        yield Readiness("sampling", True, "no sign of any", "")


def _duplicates(facts: Facts) -> Iterator[Readiness]:
    if facts.repeat_reports:
        names = [scope.rpartition(".")[2] for scope in facts.repeating]
        found = f"{facts.repeat_reports:,} calls are told a second time by {', '.join(names)}; counted once"
        line = f"export OTEL_PYTHON_DISABLED_INSTRUMENTATIONS={','.join(names)}"
        yield Readiness("duplicates", False, found, line if facts.language == "python" else "")


def _clock(facts: Facts) -> Iterator[Readiness]:
    if facts.ahead_ns > _MAX_AHEAD_NS:
        found = f"its newest data is {facts.ahead_ns / 1e9:.0f} s in the future"
        yield Readiness("clock", False, found, "timedatectl set-ntp true")


_JUDGES = (_name, _attributes, _logs, _functions, _sampling, _duplicates, _clock)
