"""Cuts attributes and texts down to the limits, on distinct values, and counts what was cut by item."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from echoline.config import LimitsConfig
from echoline.decoding.wire import Mask, Values, WirePool, offsets_of
from echoline.model.batch import STRING, Attributes, Bytes, Int32s, Pool, ValueType

# Cells of the table in which repeated keys are looked for at once.
_CELLS = 1 << 22
_ENCODED = (ValueType.ARRAY, ValueType.MAP, ValueType.BYTES)


@dataclass(frozen=True)
class Limited:
    """The pool within the limits, and for each reason which of its attributes were cut."""

    pool: Pool
    cuts: Mapping[str, Mask]


def limited(pool: WirePool, limits: LimitsConfig) -> Limited:
    """The pool with its keys and values cut; keys that are equal now have one code."""
    names, is_long_name = shorten(pool.keys.dictionary, limits.max_key_bytes)
    codes = np.asarray(pool.keys.indices)
    texts, types, is_long = limited_values(pool.values, limits.max_value_bytes)
    if is_long_name.any():
        merged = names.dictionary_encode()
        names, codes_now = merged.dictionary, np.asarray(merged.indices)[codes]
    else:
        codes_now = codes
    keys = pa.DictionaryArray.from_arrays(pa.array(codes_now, pa.int32()), names)
    cuts = {"key_length": is_long_name[codes], "value_length": is_long, "value_depth": pool.values.is_deep}
    return Limited(Pool(keys, texts, types), {reason: mask for reason, mask in cuts.items() if mask.any()})


def limited_values(values: Values, max_bytes: int) -> tuple[pa.StringArray, Bytes, Mask]:
    """Texts and types with what is too long cut, and where; what is left of JSON or base64 is only a string."""
    texts, is_long = shorten(values.texts, max_bytes)
    if not is_long.any():
        return texts, values.types, is_long
    types = np.where(is_long & np.isin(values.types, _ENCODED), np.uint8(ValueType.STRING), values.types)
    return texts, types, is_long


def limited_attributes(attributes: Attributes, limited: Limited, most: int, cut: Counter[str]) -> Attributes:
    """Of a repeated key the last, then the first `most` of each row; counts what goes, and what was cut of the rest."""
    keys = np.asarray(limited.pool.keys.indices)
    codes, offsets = attributes.codes, attributes.offsets
    is_repeated = repeated(offsets, keys[codes], len(limited.pool.keys.dictionary))
    if is_repeated.any():
        cut["duplicate_key"] += int(is_repeated.sum())
        codes, offsets = _without(is_repeated, codes, offsets)
    if len(offsets) > 1 and np.diff(offsets).max() > most:
        place = np.arange(len(codes)) - np.repeat(offsets[:-1], np.diff(offsets))
        cut["attribute_count"] += int((place >= most).sum())
        codes, offsets = _without(place >= most, codes, offsets)
    for reason, mask in limited.cuts.items():
        cut[reason] += int(mask[codes].sum())
    return Attributes(offsets, codes)


def repeated(offsets: Int32s, keys: Int32s, key_count: int) -> Mask:
    """Where a later attribute of the same row has the same key."""
    rows_at_once = max(1, _CELLS // max(1, key_count))
    found = [np.zeros(0, np.bool_)]
    for first in range(0, len(offsets) - 1, rows_at_once):
        part = offsets[first : first + rows_at_once + 1]
        found.append(_repeated(np.diff(part), keys[part[0] : part[-1]], key_count))
    return np.concatenate(found)


def _repeated(lengths: Int32s, keys: Int32s, key_count: int) -> Mask:
    cells = np.repeat(np.arange(len(lengths), dtype=np.int32) * np.int32(key_count), lengths) + keys
    places = np.arange(len(keys), dtype=np.int32)
    last = np.empty(len(lengths) * key_count, np.int32)
    last[cells] = places
    is_lost: Mask = last[cells] != places
    if is_lost.any():
        # NumPy does not promise which of several writes to one cell stays; this does.
        np.maximum.at(last, cells, places)
        is_lost = last[cells] != places
    return is_lost


def _without(dropped: Mask, codes: Int32s, offsets: Int32s) -> tuple[Int32s, Int32s]:
    kept_before = offsets_of((~dropped).astype(np.int32))
    return codes[~dropped], kept_before[offsets]


def encoded(texts: pa.StringArray, max_bytes: int, cut: Counter[str]) -> pa.DictionaryArray:
    """A STRING column; what was too long is cut and counted by row."""
    column = texts.dictionary_encode()
    names, is_long = shorten(column.dictionary, max_bytes)
    if is_long.any():
        cut["value_length"] += int(is_long[np.asarray(column.indices)].sum())
        column = pa.DictionaryArray.from_arrays(column.indices, names).cast(pa.string()).dictionary_encode()
    return column.cast(STRING)


def shorten(texts: pa.StringArray, max_bytes: int) -> tuple[pa.StringArray, Mask]:
    """Texts of at most that many bytes of UTF-8, whole characters only, and where something was cut."""
    is_long = np.asarray(pc.binary_length(texts)) > max_bytes
    if is_long.any():
        cut = [
            text.encode()[:max_bytes].decode(errors="ignore") for text in texts.filter(pa.array(is_long)).to_pylist()
        ]
        texts = pc.replace_with_mask(texts, pa.array(is_long), pa.array(cut, pa.string()))
    return texts, is_long
