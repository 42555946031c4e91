import pytest
from inline_snapshot import snapshot

from answer_builders import drawn
from echoline.surfaces.cli.rendering.grid import Column, Grid

COLUMNS = (
    Column[dict[str, str]]("name", lambda row: row["name"], wide=8),
    Column[dict[str, str]]("calls", lambda row: row["calls"], is_number=True),
    Column[dict[str, str]]("p95", lambda row: row["p95"], rank=2, is_number=True),
    Column[dict[str, str]]("place", lambda row: row["place"], rank=1, hides_alike=True),
)
ROWS = [
    {"name": "GET /a/very/long/route", "calls": "1", "p95": "12 ms", "place": "here"},
    {"name": "[bold]no markup[/]", "calls": "1,000", "p95": "3 s", "place": "there"},
]


def test_all_columns_where_there_is_room() -> None:
    assert drawn(Grid(COLUMNS, ROWS), 60) == snapshot("""\

name                    calls    p95  place
GET /a/very/long/route      1  12 ms  here
[bold]no markup[/]      1,000    3 s  there
""")


def test_the_least_important_column_goes_first_then_names_are_cut() -> None:
    assert [drawn(Grid(COLUMNS, ROWS), width).split("\n")[1].split() for width in (60, 24, 18)] == [
        ["name", "calls", "p95", "place"],
        ["name", "calls", "place"],
        ["name", "calls"],
    ]
    assert drawn(Grid(COLUMNS, ROWS), 18) == snapshot("""\

name         calls
GET /a/ver…      1
[bold]no m…  1,000
""")


def test_a_column_that_says_the_same_everywhere_or_nothing_is_left_out() -> None:
    alike = [{**row, "place": "here", "p95": ""} for row in ROWS]
    assert drawn(Grid(COLUMNS, alike), 60).split("\n")[1].split() == ["name", "calls"]


def test_without_rows_only_the_titles_stand_there() -> None:
    assert drawn(Grid(COLUMNS, [])).split() == ["name", "calls", "p95", "place"]


NARROW = (
    Column[dict[str, str]]("name", lambda row: row["name"], wide=32),
    Column[dict[str, str]]("calls", lambda row: row["calls"], is_number=True),
    Column[dict[str, str]]("p95", lambda row: row["p95"], is_number=True),
)


@pytest.mark.parametrize("width", [34, 25, 20, 14, 5])
def test_a_number_is_whole_or_not_there(width: int) -> None:
    shown = drawn(Grid(NARROW, ROWS), width).split("\n")[2:4]
    for line, row in zip(shown, ROWS, strict=True):
        numbers = [column for column in ("calls", "p95") if line.rstrip().endswith(row[column])]
        assert numbers or (width <= 14 and not any(each.isdigit() for each in line))


def test_a_name_gets_shorter_than_it_should_before_a_number_goes() -> None:
    assert drawn(Grid(NARROW, ROWS), 28) == snapshot("""\

name            calls    p95
GET /a/very/l…      1  12 ms
[bold]no mark…  1,000    3 s
""")
