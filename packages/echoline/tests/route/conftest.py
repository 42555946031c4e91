"""One running Echoline for the tests that leave it as it is: each of them sends as a service of its own."""

from collections.abc import Iterator

import pytest

from echoline_process import Started, started

RULES = 'retention.rules=[{keep="14d", service="kept for 14 days"}]'


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """It takes data of any age, but for one service."""
    with started("up", tmp_path_factory.mktemp("route") / "data", "--set", "retention.raw=off", "--set", RULES) as up:
        yield up
        assert up.end() == 0
