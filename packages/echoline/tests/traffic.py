"""Traffic made inside the engine: calls of operations by the minute, with durations that scatter as real ones do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches import NOW_NS, SECOND_NS

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

MINUTE_NS = 60 * SECOND_NS
START_NS = NOW_NS // (24 * 60 * MINUTE_NS) * 24 * 60 * MINUTE_NS


@dataclass(frozen=True)
class Calls:
    """One operation of a release: how often it is called, how long that takes, which share fails."""

    name: str = "GET /cart"
    per_minute: float = 6.0
    ms: float = 20.0
    failing: float = 0.0
    kind: int = 2
    sigma: float = 0.3
    """Scatter of the logarithm of the durations."""


@dataclass(frozen=True)
class Release:
    """A release that runs from one second to another, counted from START_NS."""

    version: str
    first_s: float
    until_s: float
    revision: str = ""
    service: str = "shop"
    environment: str = "prod"
    seed: int = 0


def send(engine: "Engine", release: Release, *calls: Calls) -> None:
    """Stores the spans; the same call makes the same spans."""
    for place, each in enumerate(calls):
        number = round(each.per_minute * (release.until_s - release.first_s) / 60)
        if number:
            engine.execute(_insert(release, each, number, place))


def _insert(release: Release, calls: Calls, number: int, place: int) -> str:
    seed = f"{release.seed}, {place}, '{release.version}{release.service}{release.environment}{calls.name}'"
    uniform = [f"(cityHash64(number, {seed}, {n}) % 1000000 + 0.5) / 1000000" for n in range(4)]
    normal = f"sqrt(-2 * log({uniform[0]})) * cos(2 * pi() * {uniform[1]})"
    length_ns = round((release.until_s - release.first_s) * SECOND_NS)
    first_ns = START_NS + round(release.first_s * SECOND_NS)
    start = f"toInt64({first_ns} + {length_ns} * ((number + {uniform[2]}) / {number}))"
    return f"""
        INSERT INTO spans (trace_id, span_id, service, environment, version, revision, kind, name, operation, start,
            duration_ns, status_code, retention_days)
        SELECT toFixedString(unhex(lpad(hex(cityHash64(number, {seed}, 7)), 32, '0')), 16),
            toFixedString(unhex(lpad(hex(cityHash64(number, {seed}, 8)), 16, '0')), 8), '{release.service}',
            '{release.environment}', '{release.version}', '{release.revision}', {calls.kind}, '{calls.name}',
            '{calls.name}', fromUnixTimestamp64Nano({start}),
            toInt64({calls.ms * 1e6} * exp({calls.sigma} * {normal})), if({uniform[3]} < {calls.failing}, 2, 0), 65535
        FROM numbers({number})
    """


def settle_code(engine: "Engine") -> None:
    """Takes the internal spans for code objects of that name without calls of their own, and makes their rollup."""
    engine.execute("""
        INSERT INTO code_objects_1m
        SELECT toStartOfMinute(start) AS time, service, environment, version, revision, operation AS code_object,
            count() AS calls, countIf(status_code = 2) AS errors, sum(duration_ns) AS duration_sum_ns,
            sum(duration_ns) AS self_sum_ns, 0 AS critical_sum_ns,
            quantilesDDState(0.01, 0.5, 0.95, 0.99)(duration_ns) AS durations,
            quantilesDDState(0.01, 0.5, 0.95, 0.99)(duration_ns) AS selves, 1 AS built
        FROM spans WHERE kind = 1 GROUP BY time, service, environment, version, revision, code_object
    """)
