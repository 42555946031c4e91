import re

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from echoline.config import RedactionConfig, RedactionRule
from echoline.privacy.detectors import WHOLE
from echoline.privacy.ruleset import ruleset
from echoline.privacy.scanner import Memory, Scanner

RULES = ruleset(RedactionConfig(), b"")
WITHOUT_WHOLES = ruleset(RedactionConfig(rules=(RedactionRule("nothing", "^"),)), b"")


def test_only_rows_with_findings_are_named() -> None:
    found = Scanner(RULES).scan(pa.array(["GET /cart", "x eve@example.com", None, "a@b", "to bob@example.com."])).found
    assert {row: [(one.start, one.end) for one in findings] for row, findings in found.items()} == {
        1: [(2, 17)],
        4: [(3, 18)],
    }


def test_no_texts_have_no_findings() -> None:
    texts = pa.array([], pa.string())
    assert Scanner(RULES).scan(texts).findings(texts) == {}


def test_texts_that_are_nothing_but_a_finding_are_told_apart() -> None:
    texts = pa.array(["a", "203.0.113.7", "alice@example.com", "127.0.0.1", "x 203.0.113.7"])
    scan = Scanner(RULES).scan(texts)
    assert {kind: rows.tolist() for kind, rows in scan.wholes.items()} == {"ip": [1], "email": [2]}
    assert list(scan.found) == [4]
    assert set(scan.findings(texts)) == {1, 2, 4}


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.one_of(*(st.from_regex(re.compile(pattern.replace("$", r"\Z"), re.ASCII)) for pattern in WHOLE.values())))
def test_a_text_that_is_a_finding_as_a_whole_is_the_same_on_a_closer_look(text: str) -> None:
    texts = pa.array([text])
    found = Scanner(RULES).scan(texts).findings(texts)
    closer = Scanner(WITHOUT_WHOLES).scan(texts)
    assert not any(len(rows) for rows in closer.wholes.values())
    assert [one[:3] for one in closer.found[0]] == [one[:3] for one in found[0]]


def test_part_of_a_column_counts_from_its_own_start() -> None:
    texts = pa.array(["203.0.113.7", "x eve@example.com", "a", "203.0.113.8", "y eve@example.com"])
    scan = Scanner(RULES).scan(texts).among(2, 5)
    assert (list(scan.found), scan.wholes["ip"].tolist()) == ([2], [1])
    moved = scan.at(np.array([10, 20, 30]))
    assert (list(moved.found), moved.wholes["ip"].tolist()) == ([30], [20])


def test_what_is_remembered_is_what_would_be_found() -> None:
    memory = Memory()
    texts = pa.array(["to bob@example.com", "password=hunter2 eve@example.com", "a@b.c"])
    first = Scanner(RULES, memory).scan(texts).found
    assert Scanner(RULES, memory).scan(texts).found == first == Scanner(RULES).scan(texts).found
    assert set(memory.known) <= set(texts.to_pylist())


def test_memory_is_bounded_by_texts_and_by_letters() -> None:
    memory = Memory(max_texts=3, max_letters=60)
    for number in range(10):
        Scanner(RULES, memory).scan(pa.array([f"to bob{number}@example.com"]))
        assert len(memory.known) <= 3
    Scanner(RULES, memory).scan(pa.array(["bob@example.com " * 10]))
    assert sum(map(len, memory.known)) <= 60


def test_a_text_that_unfolds_without_end_is_bounded() -> None:
    text = "%25" * 2000 + "41" + '\\"' * 2000
    assert Scanner(RULES).scan(pa.array([text])).found == {}
