"""What the agent is told, from `ECHOLINE_AGENT_*` and `OTEL_*` variables."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

ENDPOINT = "http://127.0.0.1:4318"

Value = TypeVar("Value")


@dataclass(frozen=True)
class AgentSettings:
    """All settings; a variable that cannot be read keeps its default and is told in `complaints`."""

    is_enabled: bool = True
    """`ECHOLINE_AGENT_ENABLED`; also off when `OTEL_SDK_DISABLED` is true."""
    include: tuple[str, ...] = ()
    """`ECHOLINE_AGENT_INCLUDE`: packages that count as the program's own although they are installed."""
    exclude: tuple[str, ...] = ()
    """`ECHOLINE_AGENT_EXCLUDE`: packages whose functions are never named."""
    budget_share: float = 0.02
    """`ECHOLINE_AGENT_BUDGET`, in percent of one core: what the agent's own work may cost."""
    off: frozenset[str] = frozenset()
    """`ECHOLINE_AGENT_OFF`: parts left out: functions, profiling, traces, metrics, logs."""
    disabled_instrumentations: frozenset[str] = frozenset()
    """`OTEL_PYTHON_DISABLED_INSTRUMENTATIONS`: names as in the list of frameworks, or `*`."""
    is_eager: bool = False
    """`ECHOLINE_AGENT_EAGER`: start everything at once rather than when a supported library is imported."""
    stamp_file: str | None = None
    """`ECHOLINE_STAMP_FILE`: where the build wrote the revision, when not at the usual places."""
    arguments: tuple[str, ...] = ()
    """`ECHOLINE_AGENT_ARGUMENTS`: `@instrument`-ed functions whose arguments are sent; `*` is any text."""
    argument_texts: tuple[str, ...] = ()
    """`ECHOLINE_AGENT_ARGUMENT_TEXTS`: those whose texts are sent too, like `shop.cart.add.coupon`."""
    complaints: tuple[str, ...] = ()


def read(environ: Mapping[str, str] = os.environ) -> AgentSettings:
    """The settings of an environment; never raises."""
    complaints: list[str] = []

    def value(name: str, reader: Callable[[str], Value], default: Value) -> Value:
        text = environ.get(name, "").strip()
        if not text:
            return default
        try:
            return reader(text)
        except ValueError as error:
            complaints.append(f"{name}={text!r} is not understood: {error}; {default!r} is used")
            return default

    is_disabled = value("OTEL_SDK_DISABLED", _flag, default=False)
    return AgentSettings(
        is_enabled=value("ECHOLINE_AGENT_ENABLED", _flag, default=True) and not is_disabled,
        include=value("ECHOLINE_AGENT_INCLUDE", _names, ()),
        exclude=value("ECHOLINE_AGENT_EXCLUDE", _names, ()),
        budget_share=value("ECHOLINE_AGENT_BUDGET", _percent, AgentSettings.budget_share),
        off=value("ECHOLINE_AGENT_OFF", _name_set, frozenset()),
        disabled_instrumentations=value("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS", _name_set, frozenset()),
        is_eager=value("ECHOLINE_AGENT_EAGER", _flag, default=False),
        stamp_file=value("ECHOLINE_STAMP_FILE", str, None),
        arguments=value("ECHOLINE_AGENT_ARGUMENTS", _names, ()),
        argument_texts=value("ECHOLINE_AGENT_ARGUMENT_TEXTS", _names, ()),
        complaints=tuple(complaints),
    )


def _flag(text: str) -> bool:
    match text.lower():
        case "1" | "true" | "yes" | "on":
            return True
        case "0" | "false" | "no" | "off":
            return False
    raise ValueError("say true or false")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _name_set(text: str) -> frozenset[str]:
    return frozenset(_names(text))


def _percent(text: str) -> float:
    percent = float(text.removesuffix("%"))
    if not 0 < percent <= 100:
        raise ValueError("say a number of percent above 0, up to 100")
    return percent / 100
