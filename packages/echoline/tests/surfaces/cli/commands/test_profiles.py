"""`echoline profiles`, from bytes that a profiler sends to what a user reads."""

import re
import time
from pathlib import Path

import pytest

from echoline_process import Started, settled
from pprof_messages import pprof, stacks
from profile_builders import profiles, sample
from sending import PATHS, post
from surfaces.cli.commands.conftest import Ask

SERVICE = "profiled"
MAIN, TOTAL, TAX = "/srv/main.py:main:3", "/srv/cart.py:cart.total:7", "/srv/tax.py:tax.of:9"


@pytest.fixture(scope="module", autouse=True)
def _sampled(shop: Started) -> None:
    at_ns = time.time_ns() - 60 * 10**9
    body = profiles(sample(MAIN, TOTAL, TAX, ms=600), sample(MAIN, TOTAL), service=SERVICE, start_ns=at_ns)
    assert post(shop.url("http"), body, PATHS["profiles"]).status == 200
    settled(shop)


def test_functions_are_listed_by_what_they_cost(ask: Ask) -> None:
    told = ask("profiles", "-s", SERVICE)
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert lines[0] == f"620 ms of cpu · {SERVICE} · last 24 h"
    assert [re.search(r"[a-z]+\.[a-z]+(?=  )", line)[0] for line in lines[3:5]] == ["tax.of", "cart.total"]  # type: ignore[index]


def test_json_has_own_and_total(ask: Ask) -> None:
    found = ask("profiles", "-s", SERVICE, "--sort", "total", "--limit", "2", "--json").json
    assert [(each["function"], each["own"], each["total"]) for each in found["functions"]] == [
        ("cart.total", 20_000_000, 620_000_000),
        ("main", 0, 620_000_000),
    ]


def test_folded_stacks_are_printed(ask: Ask) -> None:
    told = ask("profiles", "-s", SERVICE, "--folded")
    assert told.out == f"{MAIN};{TOTAL};{TAX} 600000000\n{MAIN};{TOTAL} 20000000\n"
    assert len(ask("profiles", "-s", SERVICE, "--folded", "--json").json["stacks"]) == 2


def test_a_pprof_file_is_written(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "cpu.pb.gz"
    assert ask("profiles", "-s", SERVICE, "--function", "tax.of", "--pprof", str(file)).code == 0
    assert [values for _, values in stacks(pprof(file.read_bytes()))] == [[1, 600_000_000]]


def test_nothing_says_where_profiles_come_from(ask: Ask) -> None:
    assert "nothing of service nosuch has been received" in ask("profiles", "-s", "nosuch").out
    assert "speaks OTLP" in ask("profiles", "-s", SERVICE, "--function", "nosuch").out


def test_health_counts_samples(ask: Ask) -> None:
    assert ask("health", "--json").json["stored"]["profile_samples"] == 2
    assert "2 profile samples" in ask("health").out


@pytest.mark.parametrize("width", [100, 80])
def test_the_picture_fits_the_terminal(ask: Ask, width: int) -> None:
    assert max(map(len, ask("profiles", "-s", SERVICE, width=width).out.splitlines())) <= width


def test_two_formats_at_once_are_refused(ask: Ask, tmp_path: Path) -> None:
    told = ask("profiles", "--folded", "--pprof", str(tmp_path / "x"))
    assert (told.code, told.err.count("\n")) == (2, 1)
