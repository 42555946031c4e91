"""What the agent measures of itself: what its parts cost, how often they pause, how often they fail."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from echoline_agent import guard
from echoline_agent.budget import BUDGET

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Observation

Values = Callable[[], dict[str, float]]

MEASURES: dict[str, tuple[str, str, Values]] = {
    "echoline.agent.cpu.time": (
        "s",
        "CPU that a part of the agent has taken, estimated from one call of some",
        lambda: {part.name: part.total_s for part in BUDGET.parts.values()},
    ),
    "echoline.agent.pauses": (
        "{pause}",
        "How often a part cost more than its budget and paused",
        lambda: {part.name: part.shed for part in BUDGET.parts.values()},
    ),
    "echoline.agent.failures": (
        "{failure}",
        "How often a part failed, without harm to the program",
        lambda: dict(guard.failures),
    ),
}


def register() -> None:
    """Sends them with the program's metrics, by the global meter provider."""
    from opentelemetry.metrics import Observation, get_meter

    def observed(values: Values) -> Callable[["CallbackOptions"], Iterator["Observation"]]:
        return lambda _: (Observation(value, {"part": part}) for part, value in values().items())

    meter = get_meter("echoline-agent")
    for name, (unit, description, values) in MEASURES.items():
        meter.create_observable_counter(name, [observed(values)], unit, description)
