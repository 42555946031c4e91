"""The page about the whole route names tests that exist."""

import re
from pathlib import Path

from documents import names_of_tests

PAGE = Path(__file__).with_name("README.md").read_text("utf-8")


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`([\w/]+\.py::\w+)`", PAGE))
    assert named - names_of_tests() == set()


def test_every_kind_of_bad_input_has_a_test_on_the_whole_route() -> None:
    rows = [row.split("|") for row in PAGE.partition("## Bad input")[2].splitlines() if row.startswith("| ")]
    assert len(rows) > 20
    assert [
        what for _, what, route, *_ in rows if "ROUTE" not in route and "::" not in route and "on the" not in route
    ] == []
