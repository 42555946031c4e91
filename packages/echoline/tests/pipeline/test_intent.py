from pathlib import Path

import pytest

from echoline.config import LimitsConfig, RedactionConfig, RedactionRule, RetentionConfig, RetentionRule
from echoline.errors import BadConfig
from echoline.model.records import Position, SegmentNumber
from echoline.pipeline.intent import Intent, Terms, read_intent, write_intent

TERMS = Terms(
    LimitsConfig(max_attributes=3),
    RetentionConfig(rules=(RetentionRule("2y", service="delivery"),)),
    RedactionConfig(off=("email",), rules=(RedactionRule("own", pattern="x+"),)),
    1 << 20,
)
INTENT = Intent(
    "ab", Position(SegmentNumber(1), 2), Position(SegmentNumber(3), 4), 5, TERMS, "0.1", {"spans": (7, 1 << 40)}
).having("ab:spans:0")


def test_an_intent_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_intent(tmp_path) is None
    write_intent(tmp_path, INTENT)
    found = read_intent(tmp_path)
    assert found == INTENT
    assert hash(found.terms if found else None) == hash(TERMS)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": 1}'])
def test_what_is_no_intent_stops_loading_with_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "intent.json").write_bytes(content)
    with pytest.raises(BadConfig, match="no intent"):
        read_intent(tmp_path)
