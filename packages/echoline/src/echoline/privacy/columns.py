"""Redacts columns and pools of texts, each distinct one once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from echoline.model.batch import Pool, ValueType
from echoline.privacy.ruleset import KeyClass, Ruleset
from echoline.privacy.scanner import Findings
from echoline.privacy.values import NO_KEY, redacted, type_after

Found = Mapping[int, Findings]
NOTHING: Found = {}
# A double's digits are no card, a flag says nothing, and nothing says less.
_IS_SCANNED = np.array([kind not in {ValueType.EMPTY, ValueType.BOOL, ValueType.DOUBLE} for kind in ValueType])
_SHORTEST_NUMBER = 11  # digits of a CPF
_IS_SAID = np.array([kind not in {ValueType.EMPTY, ValueType.BOOL} for kind in ValueType])


@dataclass(frozen=True)
class RedactedTexts:
    """Texts after redaction, and what was done to them by row of the texts before."""

    texts: pa.StringArray
    findings: Found


@dataclass(frozen=True)
class RedactedPool:
    """A pool after redaction; what was done to its values by entry, and to its keys by place in their dictionary."""

    pool: Pool
    values: Found
    keys: Found


def scanned_entries(rules: Ruleset, pool: Pool) -> npt.NDArray[np.int64]:
    """The entries of a pool whose values are worth a scan: of our detectors none finds anything in a short integer."""
    scanned = _IS_SCANNED[pool.types]
    if all(detector.sweep != "own" for detector in rules.detectors):
        scanned &= (pool.types != ValueType.INT) | (pc.binary_length(pool.values).to_numpy() >= _SHORTEST_NUMBER)
    return np.flatnonzero(scanned)


def redacted_texts(rules: Ruleset, texts: pa.StringArray, found: Found, key: KeyClass = NO_KEY) -> RedactedTexts:
    """Texts that all stand under one name, with what was found in them by row."""
    rows = found if key.rule is None else {row: found.get(row, ()) for row in range(len(texts)) if texts[row].is_valid}
    changed: dict[int, str] = {}
    done: dict[int, Findings] = {}
    for row, findings in rows.items():
        one = redacted(rules, key, texts[row].as_py(), findings)
        if one.findings:
            changed[row], done[row] = one.text, one.findings
    return RedactedTexts(_replaced(texts, changed), done)


def redacted_dictionary(column: pa.DictionaryArray, dictionary: pa.StringArray) -> pa.DictionaryArray:
    """The column with another dictionary of the same length, in which texts may have become equal."""
    encoded = dictionary.dictionary_encode()
    if len(encoded.dictionary) == len(dictionary):
        return pa.DictionaryArray.from_arrays(column.indices, dictionary)
    return pa.DictionaryArray.from_arrays(encoded.indices.take(column.indices), encoded.dictionary)


def redacted_pool(rules: Ruleset, pool: Pool, values: Found, keys: Found) -> RedactedPool:
    """The pool with what was found in its values, by entry, and in its keys, by place in their dictionary."""
    names = pool.keys.dictionary
    classes = [rules.key_class(name) for name in names.to_pylist()]
    codes = pool.keys.indices.to_numpy()
    secret = np.array([each.rule is not None for each in classes], bool)
    entries = np.union1d(
        np.flatnonzero(secret[codes] & _IS_SAID[pool.types]), np.fromiter(values, np.int64, len(values))
    )
    texts = pool.values.take(pa.array(entries)).to_pylist()
    columns = (entries.tolist(), texts, codes[entries].tolist(), pool.types[entries].tolist())
    changed: dict[int, str] = {}
    done: dict[int, Findings] = {}
    types = pool.types.copy()
    for entry, text, code, kind in zip(*columns, strict=True):
        after, findings = redacted(rules, classes[code], text, values.get(entry, ()))
        if findings:
            changed[entry], done[entry] = after, findings
            if kind != ValueType.STRING:
                types[entry] = type_after(kind, after)
    shown = redacted_texts(rules, names, keys)
    keys_after = redacted_dictionary(pool.keys, shown.texts) if shown.findings else pool.keys
    return RedactedPool(Pool(keys_after, _replaced(pool.values, changed), types), done, shown.findings)


def _replaced(texts: pa.StringArray, changed: Mapping[int, str]) -> pa.StringArray:
    if not changed:
        return texts
    mask = np.zeros(len(texts), bool)
    rows = sorted(changed)
    mask[rows] = True
    return pc.replace_with_mask(texts, pa.array(mask), pa.array([changed[row] for row in rows], pa.string()))
