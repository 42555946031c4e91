"""What names become stands in tables/names.txt; here is what holds for all of them."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.conventions.names import MAX_NAME, host, operation, served, unrouted, without_ids
from tables import lines

NAMES = lines(Path(__file__).parent / "tables" / "names.txt")


@pytest.mark.parametrize(("sent", "expected"), NAMES, ids=[sent for sent, _ in NAMES])
def test_name_is_spelled_as_the_table_says(sent: str, expected: str) -> None:
    assert operation(sent) == expected
    assert operation(expected) == expected


@given(st.text(st.sampled_from("aZ09 -_./:@#{}"), max_size=120))
def test_ids_are_gone_after_one_time(sent: str) -> None:
    assert without_ids(without_ids(sent)) == without_ids(sent)


@given(st.integers(0, 10**12), st.uuids())
def test_names_that_differ_in_ids_are_one(number: int, uuid: object) -> None:
    assert operation(f"move item {number} to {uuid}") == "move item {id} to {id}"


def test_long_names_are_cut() -> None:
    assert len(operation("word " * 1_000)) == MAX_NAME


@pytest.mark.parametrize("piece", ["1.", "a@", "aaaa", "-a1", "a1", "1:", "0x", "2026-11-22T"])
def test_hostile_names_are_read_in_bounded_time(piece: str) -> None:
    began = time.process_time()
    for number in range(20):
        without_ids(piece * 10_000 + str(number))
    assert time.process_time() - began < 0.4


def test_a_served_route_stands_behind_its_method() -> None:
    assert served("GET", "/api/recipes/{slug}") == "GET /api/recipes/{slug}"
    assert served("BREW", "/pots/{id}") == "HTTP /pots/{id}"


@pytest.mark.parametrize(
    ("method", "name", "path", "expected"),
    [
        ("GET", "GET /nope", "/nope", "GET"),
        ("GET", "GET", "/wp-admin/setup.php", "GET"),
        ("GET", "HTTP GET", "/x", "GET"),
        ("GET", "/users/1", "", "GET"),
        ("GET", "", "/x", "GET"),
        ("_OTHER", "HTTP", "/", "HTTP"),
        ("GET", "OrdersController#show", "/orders/1", "OrdersController#show"),
        ("GET", "ingress", "/x", "ingress"),
        ("GET", "GET /users/:id", "/users/1", "GET /users/{id}"),
        ("GET", "/users/{id}", "/users/1", "GET /users/{id}"),
        ("GET", "GET /static/", "/static/a.js", "GET /static/"),
    ],
)
def test_without_a_route_only_what_the_instrumentation_knew_stays(
    method: str, name: str, path: str, expected: str
) -> None:
    assert unrouted(method, name, path) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("API.github.com:443", "api.github.com"),
        ("shop.example:8080", "shop.example:8080"),
        ("shop.example:49152", "shop.example"),
        ("127.0.0.1:8000", "localhost:8000"),
        ("[::1]:8000", "localhost:8000"),
        ("10.0.3.17", "{ip}"),
        ("[fe80::1]:80", "{ip}"),
        ("s3.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"),
        ("a1b2c3d4e5.execute-api.example", "{id}.execute-api.example"),
        ("", ""),
    ],
)
def test_hosts_lose_addresses_and_random_ports(sent: str, expected: str) -> None:
    assert host(sent) == expected
