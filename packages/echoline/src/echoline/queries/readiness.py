"""What each sending service tells about itself: the facts of its readiness card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from echoline.kinds import Store
from echoline.model.answers_doctor import ReadinessCard
from echoline.model.deployments import Told
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.pages import rows
from echoline.queries.params import Params
from echoline.queries.readiness_points import Facts, points

_NO_TRACE = "toFixedString('', 16)"
# OpenTelemetry's probability sampling says so in the trace state: ot=th:…
_SAMPLED = "match(trace_state, '(^|,)ot=([^,]*;)?th:')"


@dataclass(frozen=True)
class _Key:
    service: str
    environment: str


def readiness(store: Store, window: Window, now_ns: int, told: Sequence[Told] = ()) -> tuple[ReadinessCard, ...]:
    """One card per service and environment that sent spans or log records in the window, by service.

    `told`: what people said of releases; a version whose revision was told does not lack it.
    """
    found: dict[_Key, dict[str, Any]] = {}
    for sql, params in (_spans(window), _logs(window), _resources(window)):
        for row in rows(store, sql, params):
            found.setdefault(_Key(row.pop("service"), row.pop("environment")), {}).update(row)
    sending = {key: row for key, row in found.items() if row.get("spans") or row.get("logs")}
    in_order = sorted(sending.items(), key=lambda each: (each[0].service, each[0].environment))
    return tuple(_card(key, _with_told(key, row, told), now_ns) for key, row in in_order)


def _spans(window: Window) -> tuple[str, Params]:
    params = Params()
    sql = f"""
        SELECT service, environment, count() AS spans, countIf(version = '') AS spans_without_version,
            countIf(revision = '') AS spans_without_revision,
            groupUniqArrayIf(100)(toString(version), revision = '') AS without_revision, uniq(version) AS versions,
            argMax(version, start) AS newest_version, countIf(function != '') AS spans_with_function,
            countIf({_SAMPLED}) AS sampled, countIf(is_repeat_report) AS repeat_reports,
            groupUniqArrayIf(10)(toString(scope), is_repeat_report) AS repeating,
            toUnixTimestamp64Nano(max(start)) AS newest_span_ns
        FROM spans WHERE {params.within(window)} GROUP BY service, environment
    """
    return sql, params


def _logs(window: Window) -> tuple[str, Params]:
    params = Params()
    sql = f"""
        SELECT service, environment, count() AS logs, countIf(trace_id != {_NO_TRACE}) AS logs_with_trace,
            countIf(function != '') AS logs_with_function, toUnixTimestamp64Nano(max(time)) AS newest_log_ns
        FROM logs WHERE {params.within(window, "time")} GROUP BY service, environment
    """
    return sql, params


def _resources(window: Window) -> tuple[str, Params]:
    params = Params()
    sql = f"""
        SELECT service, environment, argMax(attributes['telemetry.sdk.language'], day) AS language,
            argMax(trimBoth(concat(attributes['telemetry.sdk.name'], ' ', attributes['telemetry.sdk.version'])), day)
                AS sdk
        FROM resources WHERE day >= toDate({params.time(window.since_ns)}) GROUP BY service, environment
    """
    return sql, params


def _with_told(key: _Key, row: dict[str, Any], told: Sequence[Told]) -> dict[str, Any]:
    """The facts of a service some of whose versions have a revision because somebody said so."""
    known = {
        each.version
        for each in told
        if each.service == key.service and each.environment in ("", key.environment) and each.version and each.revision
    }
    without = set(row.pop("without_revision", ()))
    return {**row, "spans_without_revision": 0} if without and without <= known else row


def _card(key: _Key, row: dict[str, Any], now_ns: int) -> ReadinessCard:
    newest_ns = max(row.pop("newest_span_ns", 0), row.pop("newest_log_ns", 0))
    facts = Facts(
        key.service,
        key.environment,
        ahead_ns=newest_ns - now_ns,
        **{**row, "repeating": tuple(sorted(row.get("repeating", ())))},
    )
    return ReadinessCard(
        service=key.service,
        environment=key.environment,
        language=facts.language,
        sdk=facts.sdk,
        spans=facts.spans,
        logs=facts.logs,
        last_seen=rfc3339(newest_ns),
        points=points(facts),
    )
