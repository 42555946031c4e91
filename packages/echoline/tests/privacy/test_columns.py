import numpy as np
import pyarrow as pa

from echoline.config import RedactionConfig, RedactionRule
from echoline.model.batch import Pool, ValueType
from echoline.privacy.columns import redacted_dictionary, redacted_pool, redacted_texts, scanned_entries
from echoline.privacy.findings import Finding
from echoline.privacy.ruleset import KeyClass, ruleset
from echoline.privacy.scanner import Scan

RULES = ruleset(RedactionConfig(), b"")


def _pool(*entries: tuple[str, str, ValueType]) -> Pool:
    keys = pa.array([key for key, _, _ in entries], pa.string()).dictionary_encode()
    values = pa.array([value for _, value, _ in entries], pa.string())
    return Pool(keys, values, np.array([kind for *_, kind in entries], np.uint8))


def test_doubles_and_flags_are_not_scanned() -> None:
    pool = _pool(
        ("a", "0.4111111111111111", ValueType.DOUBLE), ("b", "true", ValueType.BOOL), ("c", "x", ValueType.MAP)
    )
    assert scanned_entries(RULES, pool).tolist() == [2]


def test_short_integers_are_scanned_only_for_rules_of_the_user() -> None:
    pool = _pool(
        ("a", "7654321", ValueType.INT), ("b", "52998224725", ValueType.INT), ("c", "7654321", ValueType.STRING)
    )
    own = ruleset(RedactionConfig(rules=(RedactionRule("badge", r"\d{7}"),)), b"")
    assert scanned_entries(RULES, pool).tolist() == [1, 2]
    assert scanned_entries(own, pool).tolist() == [0, 1, 2]


def test_keys_that_become_equal_share_their_name() -> None:
    pool = _pool(("a@b.cc", "1", ValueType.STRING), ("d@e.ff", "2", ValueType.STRING))
    found = {place: (Finding("email", 0, 6, key),) for place, key in enumerate(("a@b.cc", "d@e.ff"))}
    after = redacted_pool(RULES, pool, Scan({}, {}), found).pool
    assert after.keys.to_pylist() == ["[email]", "[email]"]
    assert after.keys.dictionary.to_pylist() == ["[email]"]


def test_a_column_under_a_secret_key_is_taken_whole() -> None:
    shown = redacted_texts(RULES, pa.array(["x", "", None]), {}, KeyClass("secret", frozenset()))
    assert shown.texts.to_pylist() == ["[secret]", "", None]
    assert set(shown.findings) == {0}


def test_nulls_of_a_column_stay_nulls() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, None, 1], pa.int32()), pa.array(["a", "b"]))
    assert redacted_dictionary(column, pa.array(["x", "x"])).to_pylist() == ["x", None, "x"]


def test_an_empty_pool_passes() -> None:
    assert len(redacted_pool(RULES, _pool(), Scan({}, {}), {}).pool) == 0
