import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.conventions.sql_titles import MAX_TITLE, MAX_WHOLE, title

JOINED = f"LEFT OUTER JOIN groups ON groups.id = users.group_id AND {'a' * 40}"
COLUMNS = ", ".join(f"users.column_{n}" for n in range(20))


def test_short_skeletons_are_their_own_title() -> None:
    assert title("SELECT id FROM users WHERE id = ?") == "SELECT id FROM users WHERE id = ?"


@pytest.mark.parametrize(
    ("skeleton", "expected"),
    [
        (f"SELECT {COLUMNS} FROM users WHERE users.id = ?", "SELECT … FROM users WHERE users.id = ? #"),
        (f"INSERT INTO users ({COLUMNS}) VALUES (?)", "INSERT INTO users (…) VALUES (?) #"),
        (
            f"SELECT count(*) FROM (SELECT {COLUMNS} FROM users) AS t WHERE {'a' * 60} = ?",
            f"SELECT count(*) FROM (SELECT … FROM users) AS t WHERE {'a' * 60} = ? #",
        ),
        (
            f"SELECT {COLUMNS} FROM users {JOINED} WHERE users.id = ?",
            "SELECT … FROM users LEFT OUTER JOIN … WHERE users.id = ? #",
        ),
    ],
)
def test_long_lists_and_joins_are_left_out(skeleton: str, expected: str) -> None:
    assert title(skeleton)[:-6] == expected


def test_two_skeletons_that_are_shortened_alike_have_two_titles() -> None:
    assert title(f"SELECT {COLUMNS} FROM users") != title(f"SELECT {COLUMNS}, users.more FROM users")


@given(
    st.lists(
        st.sampled_from(str.split("SELECT FROM JOIN INTO ( ) WHERE a_long_word_of_many , ? UNION TABLE")), max_size=80
    )
)
def test_titles_are_bounded(words: list[str]) -> None:
    assert len(title(" ".join(words))) <= max(MAX_WHOLE, MAX_TITLE + 8)


@pytest.mark.parametrize("piece", ["SELECT ", "(", "SELECT (", "JOIN FROM ", '"', "SELECT a_long_word ) "])
def test_hostile_skeletons_take_no_longer_than_others(piece: str) -> None:
    began = time.process_time()
    title(piece * (8_000 // len(piece)))
    assert time.process_time() - began < 0.3
