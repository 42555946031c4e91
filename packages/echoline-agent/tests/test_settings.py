"""Settings come from variables, and a bad one never stops the program."""

import pytest

from echoline_agent.settings import AgentSettings, read


def test_nothing_said_gives_the_defaults() -> None:
    assert read({}) == AgentSettings()


def test_every_variable_is_read() -> None:
    settings = read(
        {
            "ECHOLINE_AGENT_INCLUDE": "shop, billing",
            "ECHOLINE_AGENT_EXCLUDE": "shop.vendored",
            "ECHOLINE_AGENT_BUDGET": "0.5%",
            "ECHOLINE_AGENT_OFF": "profiling",
            "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "redis,sqlite3",
            "ECHOLINE_AGENT_EAGER": "yes",
            "ECHOLINE_STAMP_FILE": "/app/stamp.json",
        }
    )
    assert settings == AgentSettings(
        include=("shop", "billing"),
        exclude=("shop.vendored",),
        budget_share=0.005,
        off=frozenset({"profiling"}),
        disabled_instrumentations=frozenset({"redis", "sqlite3"}),
        is_eager=True,
        stamp_file="/app/stamp.json",
    )


@pytest.mark.parametrize("variables", [{"OTEL_SDK_DISABLED": "true"}, {"ECHOLINE_AGENT_ENABLED": "0"}])
def test_it_can_be_switched_off(variables: dict[str, str]) -> None:
    assert not read(variables).is_enabled


@pytest.mark.parametrize("budget", ["plenty", "0", "101", "nan"])
def test_a_value_that_is_not_understood_keeps_the_default_and_is_told(budget: str) -> None:
    settings = read({"ECHOLINE_AGENT_BUDGET": budget})
    assert settings.budget_share == AgentSettings.budget_share
    assert settings.complaints[0].startswith(f"ECHOLINE_AGENT_BUDGET={budget!r} is not understood")
