"""Takes secrets and personal data out of a batch, before anything of it is stored.

It runs last, after normalising, so that columns made from attributes pass it too. It knows no column by name: every
string column of every part is scanned, and the pool with its keys.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from echoline.config import RedactionConfig
from echoline.model.batch import PROMOTED, PROMOTED_RESOURCE, Batch
from echoline.privacy.columns import (
    Found,
    RedactedPool,
    redacted_dictionary,
    redacted_pool,
    redacted_texts,
    scanned_entries,
)
from echoline.privacy.ruleset import KeyClass, Ruleset, ruleset
from echoline.privacy.scanner import Findings, Memory, Scanner
from echoline.privacy.values import type_after

Hits = Mapping[tuple[str, str], int]
Counts = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Redact:
    """Redacts by the settings; `hash_key` is needed when a rule hashes (`privacy.hash_key` keeps one).

    Making one raises BadConfig for settings that cannot be meant. One thread at a time may use it.
    """

    config: RedactionConfig = field(default_factory=RedactionConfig)
    hash_key: bytes = field(default=b"", repr=False)
    memory: Memory = field(default_factory=Memory, repr=False, compare=False)

    def __post_init__(self) -> None:
        _ = self.rules

    @cached_property
    def rules(self) -> Ruleset:
        """What is redacted, and how."""
        return ruleset(self.config, self.hash_key)

    def process(self, batch: Batch) -> Batch:
        """The batch without what the rules want gone."""
        return self.counted(batch)[0]

    def counted(self, batch: Batch) -> tuple[Batch, Hits]:
        """The batch redacted, and how often each rule hit, by rule and field, as often as the value stands in it.

        The field is the key of the attribute, after redaction, or the name of the column. What the normaliser keeps of
        replaced attributes is redacted too, but not counted again.
        """
        columns = list(_string_columns(batch))
        entries = scanned_entries(self.rules, batch.pool)
        texts = [batch.pool.keys.dictionary, batch.pool.values.take(pa.array(entries)), *(one.texts for one in columns)]
        scan = Scanner(self.rules, self.memory).scan(pa.concat_arrays(texts))
        ends = np.cumsum([len(each) for each in texts]).tolist()
        keys, values, *places = [scan.among(end - len(each), end) for end, each in zip(ends, texts, strict=True)]
        pool = redacted_pool(self.rules, batch.pool, values.at(entries), keys.findings(texts[0]))
        hits = _pool_hits(pool, batch)
        parts = dict(batch.parts)
        for column, found in zip(columns, places, strict=True):
            shown = redacted_texts(self.rules, column.texts, found.findings(column.texts), column.key_class(self.rules))
            if shown.findings:
                table = _with_column(parts[column.part].columns, column, shown.texts, shown.findings)
                parts[column.part] = replace(parts[column.part], columns=table)
                used = np.bincount(column.codes, minlength=len(column.texts))
                for place, done in shown.findings.items():
                    _add(hits, done, int(used[place]), column.field)
        return Batch(batch.signal, parts, pool.pool), hits


@dataclass(frozen=True)
class _Column:
    """A string column of a part; `field` is the attribute that the normaliser made it of, else its own name."""

    part: str
    name: str
    field: str
    array: pa.DictionaryArray

    @property
    def texts(self) -> pa.StringArray:
        return self.array.dictionary

    @property
    def codes(self) -> Counts:
        codes: Counts = self.array.indices.drop_null().to_numpy(zero_copy_only=False)
        return codes

    def key_class(self, rules: Ruleset) -> KeyClass:
        """The rules for keys apply to columns that were attributes; the name of another column is nobody's choice."""
        said = rules.key_class(self.field)
        return said if self.field != self.name else KeyClass(None, said.exempt)


def _string_columns(batch: Batch) -> Iterator[_Column]:
    promoted = {**PROMOTED_RESOURCE, **PROMOTED[batch.signal]}
    attributes = {column: attribute for attribute, (column, _) in promoted.items()}
    for part, content in batch.parts.items():
        for name, column in zip(content.columns.column_names, content.columns.columns, strict=True):
            if pa.types.is_dictionary(column.type) and column.num_chunks:
                array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
                yield _Column(part, name, attributes.get(name, name) if part in _PROMOTED_TO else name, array)


_PROMOTED_TO = {"resources", "rows"}


def _with_column(table: pa.Table, column: _Column, texts: pa.StringArray, changed: Found) -> pa.Table:
    """The table with the column's texts replaced; a column `x_type` beside `x` says what type they now have."""
    table = table.set_column(
        table.schema.get_field_index(column.name),
        table.schema.field(column.name),
        redacted_dictionary(column.array, texts),
    )
    kind = f"{column.name}_type"
    if kind not in table.column_names:
        return table
    types = table.column(kind).to_numpy().copy()
    codes = column.array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    for row in np.flatnonzero(np.isin(codes, list(changed))).tolist():
        types[row] = type_after(int(types[row]), texts[int(codes[row])].as_py())
    return table.set_column(
        table.schema.get_field_index(kind), table.schema.field(kind), pa.array(types, table.schema.field(kind).type)
    )


def _pool_hits(pool: RedactedPool, batch: Batch) -> Counter[tuple[str, str]]:
    """Hits in values and keys of attributes, as often as they are used."""
    hits: Counter[tuple[str, str]] = Counter()
    if not (pool.values or pool.wholes or pool.keys):
        return hits
    size = len(batch.pool)
    used = sum(
        (np.bincount(part.attributes.codes, minlength=size) for part in batch.parts.values()), np.zeros(size, np.int64)
    )
    names: list[str] = pool.pool.keys.dictionary.to_pylist()
    codes = pool.pool.keys.indices.to_numpy()
    for entry, findings in pool.values.items():
        _add(hits, findings, int(used[entry]), names[codes[entry]])
    for rule, entries in pool.wholes.items():
        times = np.bincount(codes[entries], used[entries], len(names)).astype(np.int64)
        for code in np.flatnonzero(times).tolist():
            hits[rule, names[code]] += int(times[code])
    before = batch.pool.keys.indices.to_numpy()
    for place, findings in pool.keys.items():
        named = np.flatnonzero(before == place)
        if len(named):
            _add(hits, findings, int(used[named].sum()), names[codes[named[0]]])
    return hits


def _add(hits: Counter[tuple[str, str]], findings: Findings, times: int, name: str) -> None:
    if times:
        for each in findings:
            hits[each.rule, name] += times
