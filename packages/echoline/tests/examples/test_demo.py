"""`make demo` from beginning to end: the shop is started, used, and its telemetry read back."""

import json
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from echoline_process import command, environment

pytestmark = pytest.mark.xdist_group("example shop")

USUAL_PORTS = (4317, 4318, 4319)


@dataclass(frozen=True)
class Demo:
    """What a demo answered, and what it left behind."""

    answer: Mapping[str, Any]
    left: list[Path]

    @property
    def seen(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.answer["seen"]
        return found


@pytest.fixture(scope="module")
def usual_ports_taken() -> Iterator[None]:
    """Somebody else listens on the usual ports."""
    with ExitStack() as held:
        for port in USUAL_PORTS:
            with socket.socket() as probe:
                is_taken = probe.connect_ex(("127.0.0.1", port)) == 0
            if not is_taken:
                held.enter_context(socket.create_server(("127.0.0.1", port)))
        yield


@pytest.fixture(scope="module")
def demo(usual_ports_taken: None, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    asked = command("demo", "--once", "--seconds", "12", "--json")
    done = subprocess.run(
        asked, env=environment(TMPDIR=str(folder)), capture_output=True, text=True, timeout=220, check=False
    )
    assert done.returncode == 0, done.stderr
    return Demo(json.loads(done.stdout), list(folder.iterdir()))


def test_demo_reads_back_what_the_shop_did(demo: Demo) -> None:
    calls = {endpoint["name"]: endpoint["calls"] for endpoint in demo.seen["endpoints"]}
    assert calls["GET /products/{product_id}"] > 5
    assert calls["POST /payments"] > 0
    stored = demo.seen["health"]["stored"]
    assert stored["spans"] > demo.answer["shop"]["requests"]
    assert min(stored["logs"], stored["metric_points"]) > 0


def test_demo_loses_no_request(demo: Demo) -> None:
    health = demo.seen["health"]
    assert (health["status"], health["rejected"], health["quarantined"]) == ("ok", {}, 0)


def test_demo_shows_a_query_an_error_and_a_trace(demo: Demo) -> None:
    assert demo.seen["slowest_query"]["name"].startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))
    assert {span["service"] for span in demo.seen["trace"]["spans"]} == {"shop", "backoffice"}
    error = demo.seen["error"]
    assert error["type"]
    assert "Traceback" in error["stack"]


def test_demo_keeps_cards_and_addresses_to_itself(demo: Demo) -> None:
    assert "@example.com" not in json.dumps(demo.seen)
    assert "4000000000000002" not in json.dumps(demo.seen)


def test_demo_leaves_other_programs_their_ports(demo: Demo) -> None:
    used = {int(url.rpartition(":")[2]) for url in demo.answer["listeners"].values()}
    assert used.isdisjoint(USUAL_PORTS)


def test_demo_leaves_nothing_behind(demo: Demo) -> None:
    assert demo.left == []
    assert [each for each in psutil.Process().children(recursive=True) if "shop" in each.cmdline()] == []


def test_demo_deploys_two_releases_and_judges_the_second(demo: Demo) -> None:
    """What it says of the few seconds of a test is chance; that it says something is not."""
    releases = demo.answer["releases"]
    shop = [each for each in releases["deployments"] if each["service"] == "shop"]
    assert [(each["version"], each["previous_version"]) for each in shop] == [("1.5.0", "1.4.0"), ("1.4.0", None)]
    commits = [each["revision"] for each in releases["commits"]]
    assert [each["revision"] for each in shop] == [commits[-1], commits[0]]
    assert releases["receipt"]["deployment"]["id"] == shop[0]["id"]
    assert releases["receipt"]["receipt"]["calls_after"] > 0
    assert {each["service"] for each in releases["comparison"]["items"]} == {"shop", "backoffice"}


def test_demo_knows_the_functions_behind_spans(demo: Demo) -> None:
    items = demo.answer["releases"]["comparison"]["items"]
    functions = {each["name"]: each["presence"] for each in items if each["subject"] == "code_object"}
    assert functions["python:shop.web.catalogue:_similar"] == "new"
    assert functions["python:shop.web.catalogue:product"] == "both"
