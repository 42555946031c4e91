"""Redacts columns and pools of texts, each distinct one once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from echoline.model.batch import Pool, ValueType
from echoline.privacy.placeholders import NO_VALUE
from echoline.privacy.ruleset import KeyClass, Ruleset
from echoline.privacy.scanner import Findings, Scan
from echoline.privacy.values import NO_KEY, redacted, type_after

Found = Mapping[int, Findings]
Rows = npt.NDArray[np.int64]
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
    """A pool after redaction, and what was done: to values by entry, to whole values by rule, to keys by place."""

    pool: Pool
    values: Found
    wholes: Mapping[str, Rows]
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
    edits = _Edits([], [])
    done: dict[int, Findings] = {}
    for row, findings in rows.items():
        one = redacted(rules, key, texts[row].as_py(), findings)
        if one.findings:
            edits.add([row], [one.text])
            done[row] = one.findings
    return RedactedTexts(edits.applied(texts), done)


def redacted_dictionary(column: pa.DictionaryArray, dictionary: pa.StringArray) -> pa.DictionaryArray:
    """The column with another dictionary of the same length, in which texts may have become equal."""
    encoded = dictionary.dictionary_encode()
    if len(encoded.dictionary) == len(dictionary):
        return pa.DictionaryArray.from_arrays(column.indices, dictionary)
    return pa.DictionaryArray.from_arrays(encoded.indices.take(column.indices), encoded.dictionary)


def redacted_pool(rules: Ruleset, pool: Pool, values: Scan, keys: Found) -> RedactedPool:
    """The pool with what was found in its values, by entry, and in its keys, by place in their dictionary."""
    classes = [rules.key_class(name) for name in pool.keys.dictionary.to_pylist()]
    codes = pool.keys.indices.to_numpy()
    wholes = _wholes(rules, pool, values.wholes, classes)
    done: dict[int, Findings] = {}
    edits = _Edits([], [])
    types = pool.types.copy()
    for rule, entries in wholes.items():
        edits.add(entries, rules.masks.replacements(rule, pool.values.take(pa.array(entries))))
        types[entries] = ValueType.STRING
    for entry, findings in values.found.items():
        key = classes[codes[entry]]
        if key.rule is not None:  # gone as a whole
            continue
        after = redacted(rules, key, pool.values[entry].as_py(), findings)
        if after.findings:
            done[entry] = after.findings
            edits.add([entry], [after.text])
            types[entry] = type_after(int(types[entry]), after.text)
    shown = redacted_texts(rules, pool.keys.dictionary, keys)
    keys_after = redacted_dictionary(pool.keys, shown.texts) if shown.findings else pool.keys
    return RedactedPool(Pool(keys_after, edits.applied(pool.values), types), done, wholes, shown.findings)


def _wholes(rules: Ruleset, pool: Pool, found: Mapping[str, Rows], classes: Sequence[KeyClass]) -> dict[str, Rows]:
    """Entries whose whole value goes, by rule: because of their key, or because they are nothing but one finding."""
    codes = pool.keys.indices.to_numpy()
    wholes: dict[str, Rows] = {}
    for rule in {each.rule for each in classes if each.rule is not None}:
        named = np.array([each.rule == rule for each in classes], bool)
        entries = np.flatnonzero(named[codes] & _IS_SAID[pool.types])
        texts = pool.values.take(pa.array(entries))
        gone = pc.match_substring_regex(texts, f"^(?:{NO_VALUE}|{rules.masks.masked})$")
        wholes[rule] = entries[~gone.to_numpy(zero_copy_only=False)]
    for kind, entries in found.items():
        open_to = np.array([each.rule is None and kind not in each.exempt for each in classes], bool)
        wholes[kind] = np.union1d(wholes.get(kind, _NO_ROWS), entries[open_to[codes[entries]]])
    return {rule: entries for rule, entries in wholes.items() if len(entries)}


@dataclass(frozen=True)
class _Edits:
    """Rows of a column and the texts that they get."""

    rows: list[Rows | list[int]]
    texts: list[str]

    def add(self, rows: Rows | list[int], texts: list[str]) -> None:
        self.rows.append(rows)
        self.texts.extend(texts)

    def applied(self, column: pa.StringArray) -> pa.StringArray:
        """The column with them; no row has two."""
        if not self.texts:
            return column
        rows = np.concatenate(self.rows)
        mask = np.zeros(len(column), bool)
        mask[rows] = True
        texts = pa.array(self.texts, pa.string()).take(pa.array(np.argsort(rows)))
        return pc.replace_with_mask(column, pa.array(mask), texts)


_NO_ROWS = np.zeros(0, np.int64)
