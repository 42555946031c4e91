import pyarrow as pa

from echoline.config import RedactionConfig
from echoline.privacy.ruleset import ruleset
from echoline.privacy.scanner import Memory, Scanner

RULES = ruleset(RedactionConfig(), b"")


def test_only_rows_with_findings_are_named() -> None:
    found = Scanner(RULES).scan(pa.array(["GET /cart", "bob@example.com", None, "a@b", "x eve@example.com"]))
    assert {row: [(one.start, one.end) for one in findings] for row, findings in found.items()} == {
        1: [(0, 15)],
        4: [(2, 17)],
    }


def test_no_texts_have_no_findings() -> None:
    assert Scanner(RULES).scan(pa.array([], pa.string())) == {}


def test_what_is_remembered_is_what_would_be_found() -> None:
    memory = Memory()
    texts = pa.array(["bob@example.com", "password=hunter2", "a@b.c"])
    first = Scanner(RULES, memory).scan(texts)
    assert Scanner(RULES, memory).scan(texts) == first == Scanner(RULES).scan(texts)
    assert set(memory.known) <= set(texts.to_pylist())


def test_memory_is_bounded_by_texts_and_by_letters() -> None:
    memory = Memory(max_texts=3, max_letters=60)
    for number in range(10):
        Scanner(RULES, memory).scan(pa.array([f"bob{number}@example.com"]))
        assert len(memory.known) <= 3
    Scanner(RULES, memory).scan(pa.array(["bob@example.com " * 10]))
    assert sum(map(len, memory.known)) <= 60


def test_a_text_that_unfolds_without_end_is_bounded() -> None:
    text = "%25" * 2000 + "41" + '\\"' * 2000
    assert Scanner(RULES).scan(pa.array([text])) == {}
