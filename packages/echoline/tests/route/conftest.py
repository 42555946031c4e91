"""One running Echoline for the tests that leave it as it is: each of them sends as a service of its own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from echoline.surfaces.cli.client import Server
from echoline_process import Started, echoline, settled, started
from route import recorded
from route.recorded import Replayed

SHOP = Path(__file__).parents[1] / "recordings" / "shop"
CORPORA = [pytest.param(each, marks=pytest.mark.corpora) for each in ("mealie", "django-oscar", "flaskr")]

RULES = 'retention.rules=[{keep="14d", service="kept for 14 days"}]'


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """It takes data of any age, but for one service, and sends nothing of its own."""
    settings = ("--set", "retention.raw=off", "--set", RULES, "--set", "telemetry.own_metrics=false")
    with started("up", tmp_path_factory.mktemp("route") / "data", *settings) as up:
        yield up
        assert up.end() == 0


@pytest.fixture(scope="package", params=["shop", *CORPORA])
def replayed(request: pytest.FixtureRequest, running: Started, tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """Each recording that there is, replayed and exported by the commands."""
    is_ours = request.param == "shop"
    folder = SHOP if is_ours else request.getfixturevalue("corpora") / request.param
    replaying = echoline("replay", *(folder / name for name in recorded.FILES), "--to", running.url("http"), "--json")
    assert replaying.returncode == 0, replaying.stderr
    settled(running)
    exported = tmp_path_factory.mktemp("exported")
    exporting = echoline("export", exported, "--url", running.url("api"))
    assert exporting.returncode == 0, exporting.stderr
    return Replayed(folder, json.loads(replaying.stdout), exported, Server(running.url("api")))
