"""No literal survives in a skeleton, and what one costs; how skeletons look stands in tables/statements.txt."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.conventions.sql import MAX_READ, MAX_SKELETON, skeleton

SYSTEMS = [
    "",
    "postgresql",
    "mysql",
    "clickhouse",
    "microsoft.sql_server",
    "oracle.db",
    "neo4j",
    "snowflake",
    "cassandra",
]
BACKSLASH = {"mysql", "clickhouse", "neo4j", "snowflake"}
CANARY = "zqx"

WORDS = st.sampled_from(
    str.split(
        "SELECT select FROM t a b WHERE AND or = <> - + * / ( ) , . ; IN VALUES ( ( ) AS :: int NULL [ ] CASE WHEN ? %s"
    )
)
CONTENT = st.lists(
    st.sampled_from(["a", " ", "7", "--", "/*", "*/", ",", "(", ")", ";", "\n", "%", "?", "é"]), max_size=6
).map("".join)


@st.composite
def texts(draw: st.DrawFn, system: str) -> str:
    """A literal of the system with the canary in it."""
    inside = f"{draw(CONTENT)}{CANARY}{draw(CONTENT)}"
    forms = [f"'{inside}'", f"'{inside}''{inside}'", f" N'{inside}'", f" x'{inside}'"]
    if system in BACKSLASH:
        forms += [f"'{inside}\\'{inside}'", f"'{inside}\\\\'"]
    if system in {"mysql", "neo4j"}:
        forms += [f'"{inside}"', f'"{inside}""\'{inside}"']
    if system == "postgresql":
        forms += [f" E'{inside}\\'{inside}'", f" $${inside}'$$", f" $t$ {inside} $x$ ' $t$ "]
    if system == "oracle.db":
        forms += [f" q'[{inside}']'"]
    return draw(st.sampled_from(forms))


@st.composite
def statements(draw: st.DrawFn) -> tuple[str, str]:
    system = draw(st.sampled_from(SYSTEMS))
    dashes = [] if system == "neo4j" else [f"-- {CANARY} '\n"]
    comments = st.sampled_from([*dashes, f"/* {CANARY} ' */", f"/* a /* {CANARY} */ {CANARY} */"])
    pieces = st.one_of(WORDS, WORDS, texts(system), comments, st.integers().map(str))
    separators = st.sampled_from([" ", "\n", "  "])
    joined = "".join(piece + draw(separators) for piece in draw(st.lists(pieces, max_size=25)))
    return system, joined


@given(statements())
def test_no_literal_survives(case: tuple[str, str]) -> None:
    system, text = case
    assert CANARY not in skeleton(text, system)


@given(statements())
def test_a_literal_is_gone_from_a_truncated_statement_too(case: tuple[str, str]) -> None:
    system, text = case
    # Cut off behind a comment in a comment nobody can tell what is still a comment.
    text = text.split("/* a /*")[0]
    cut = text[: text.rfind(CANARY) + 2]
    assert CANARY[:2] not in skeleton(cut, system)


@given(statements())
def test_a_skeleton_of_a_skeleton_is_itself(case: tuple[str, str]) -> None:
    system, text = case
    once = skeleton(text, system)
    assert skeleton(once, system) == once


@given(st.text(max_size=200), st.sampled_from(SYSTEMS))
def test_any_text_has_a_skeleton(text: str, system: str) -> None:
    assert "\x00" in text or len(skeleton(text, system)) <= 3 * len(text) + 1


HOSTILE = {
    "open quotes": "'" * MAX_READ,
    "open texts": "'a" * MAX_READ,
    "brackets": "(" * MAX_READ,
    "closed brackets": "(" * (MAX_READ // 2) + ")" * (MAX_READ // 2),
    "lists": "(1)," * MAX_READ,
    "conditions": "(a = 1) OR (" * MAX_READ,
    "nested conditions": "x OR (" * (MAX_READ // 12) + ") " * (MAX_READ // 12),
    "comments": "/* " * MAX_READ,
    "stray ends": "a */ " * MAX_READ,
    "dollars": "$a$ $b$ " * MAX_READ,
    "dollar tags": "$" + "a" * 5_000 + "$" + ("$" + "a" * 4_999) * 3,
    "placeholders": "%(" * MAX_READ,
    "braces": "${" * MAX_READ,
    "numbers": "1.1" * MAX_READ,
    "signs": "- " * MAX_READ,
    "casts": "?::a" + ".a" * MAX_READ,
    "rows": "VALUES (" + "1, (" * MAX_READ,
    "many rows": "VALUES " + "(now()), " * MAX_READ,
    "words": "a" * MAX_READ,
    "quoted names": '"a""' * MAX_READ,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("system", ["postgresql", "mysql"])
def test_hostile_statements_take_no_longer_than_others(name: str, system: str) -> None:
    began = time.process_time()
    skeleton(HOSTILE[name], system)
    assert time.process_time() - began < 0.4


def test_long_skeletons_end_with_a_hash_of_the_whole() -> None:
    one, other = (skeleton("SELECT " + ", ".join(f"column_{n}" for n in range(1_100)) + f" FROM {t}") for t in "ab")
    assert len(one) <= MAX_SKELETON
    assert one != other
    assert one[:-6] == other[:-6]
