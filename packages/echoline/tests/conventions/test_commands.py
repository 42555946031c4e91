import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.conventions.commands import MAX_COMMANDS, MAX_DOCUMENT, commands, document

PIECES = st.sampled_from(
    ['{"find":"users"', '"zqx"', "'zqx'", "7", "{", "}", "[", "]", ",", '"key":', "true", '"a":"zqx"', " ", "("]
)


@given(st.lists(st.sampled_from(["GET", "SET", "zqx:1", '"zqx 7"', "1", "\n", "MULTI\n"]), max_size=20).map(" ".join))
def test_commands_keep_no_arguments(text: str) -> None:
    assert "zqx" not in commands(f"SET {text}".replace("\n ", "\nGET "))


def test_long_pipelines_are_shortened() -> None:
    assert commands("\n".join(f"GET{'X' * n} a" for n in range(50))).count(";") == MAX_COMMANDS


def test_bytes_that_are_no_command_say_nothing() -> None:
    assert commands("\x00\x01secret") == "?"


@given(st.lists(PIECES, max_size=20).map("".join))
def test_documents_keep_no_values(text: str) -> None:
    assert "zqx" not in document(f'{{"a": [{text} "zqx')


def test_the_collection_is_told_only_where_mongodb_names_it() -> None:
    assert document('{"find": "users", "filter": {"find": "secret"}}') == "{find: users, filter: {find: ?}}"


def test_equal_elements_stand_once() -> None:
    assert document('[{"a": 1, "b": [1, 2]}, {"a": 2, "b": [3]}, {"c": 1}]') == "[{a: ?, b: [?]}, {c: ?}]"


def test_long_documents_end_with_a_hash() -> None:
    one, other = (document("{" + ",".join(f'"key{n}x": 1' for n in range(1_000)) + f',"{end}": 1}}') for end in "ab")
    assert len(one) <= MAX_DOCUMENT
    assert one != other


@pytest.mark.parametrize("piece", ["{", "[", '"', '{"a":', "[1,", "a ", "[[1],[1]],", "\\"])
def test_hostile_documents_take_no_longer_than_others(piece: str) -> None:
    began = time.process_time()
    document(piece * 16_000)
    commands(piece * 16_000)
    assert time.process_time() - began < 0.4
