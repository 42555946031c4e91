"""The fast way to read protobuf: ptars makes Arrow of all bodies at once, the rest works on columns.

It reads by the trimmed descriptors, in which an attribute is opaque bytes: equal ones are found as bytes, and only the
distinct ones are decoded. What no sender makes but protobuf defines, like a oneof with two members, it refuses to read;
then the slow way has to.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from echoline.decoding.descriptors import REQUEST_NAMES
from echoline.decoding.fast_values import attributes_of, handler, values_of
from echoline.decoding.fields import KINDS, Columns
from echoline.decoding.walk import walk
from echoline.decoding.wire import Mask, Values, Wire, WirePart, complete, lengths_of, offsets_of, wire_schema
from echoline.errors import BadInput
from echoline.model.batch import Attributes, Int32s, MetricType
from echoline.model.records import PlainSignal

# ptars builds an object for every field before it makes Arrow of them. Beyond some MB they outgrow the caches, and
# the memory is given back to the system after each call and asked for again: 8 MB a call take twice the time.
_BYTES_AT_ONCE = 2 << 20
# Arrow's size against that of the bodies: 1.1 in real requests, 6 in those of the smallest items; see bulk.py.
_SWELLING = 16

_NUMBERS = ("value_int", "value_double")
Chunks = Sequence[pa.StructArray]


def read(signal: PlainSignal, bodies: Iterable[bytes], numbers: Sequence[int], max_depth: int) -> Wire:
    """The wire columns of protobuf bodies, whose places in the call are `numbers`.

    Raises BadInput for what this way cannot read; the slow way perhaps can.
    """
    reader = _Reader(signal, max_depth)
    try:
        requests = [_structs(signal, portion) for portion in _portions(bodies)]
        return reader.wire(walk(signal, reader, requests, numbers))
    except (ValueError, pa.ArrowException) as error:
        raise BadInput(f"body is no OTLP protobuf: {error}", reason="malformed") from error


def _structs(signal: PlainSignal, bodies: list[bytes]) -> pa.StructArray:
    structs = handler(REQUEST_NAMES[signal]).list_to_record_batch(bodies)
    if structs.nbytes > _SWELLING * sum(map(len, bodies)) + _BYTES_AT_ONCE:
        raise ValueError("it has more items than its bytes could mean")
    return structs.to_struct_array()


def _portions(bodies: Iterable[bytes]) -> Iterator[list[bytes]]:
    portion: list[bytes] = []
    size = 0
    for body in bodies:
        if portion and size + len(body) > _BYTES_AT_ONCE:
            yield portion
            portion, size = [], 0
        portion.append(body)
        size += len(body)
    yield portion


class _Reader:
    """A Reader whose rows are Arrow structs in chunks, one for each call of ptars."""

    def __init__(self, signal: PlainSignal, max_depth: int) -> None:
        self._signal = signal
        self._max_depth = max_depth
        self._blobs: list[pa.BinaryArray] = []
        self._size = 0

    def children(self, rows: Chunks, path: str) -> tuple[Chunks, Int32s]:
        lists = _values(rows, path)
        lengths = _lengths(lists)
        return [each.flatten() for each in lists], np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)

    def part(self, part: str, columns: Columns, rows: Chunks, parents: Int32s, attributes: str) -> WirePart:
        kinds = wire_schema(self._signal, part)
        arrays = {column: _column(rows, path, kinds[column]) for column, path in columns.items()}
        if "value_int" in arrays and pc.any(pc.and_(*(arrays[name].is_valid() for name in _NUMBERS))).as_py():
            raise ValueError("a number is an int and a double")
        return WirePart(arrays, parents, self._attributes(_values(rows, attributes)))

    def bodies(self, logs: Chunks) -> Values:
        return values_of(pa.concat_arrays(_values(logs, "body")), self._max_depth)

    def kinds(self, metrics: Chunks) -> dict[str, pa.Array]:
        data = {kind: _values(metrics, KINDS[kind].member) for kind in KINDS}
        present = {kind: np.concatenate([_is_valid(each) for each in several]) for kind, several in data.items()}
        if (np.add.reduce([mask.astype(np.int8) for mask in present.values()]) > 1).any():
            raise ValueError("a metric has data of two kinds")
        of_kind = [np.where(mask, np.int32(kind), np.int32(0)) for kind, mask in present.items()]
        of_sum, of_histogram, of_exponential = (
            _column(data[kind], "aggregation_temporality", pa.int32())
            for kind in (MetricType.SUM, MetricType.HISTOGRAM, MetricType.EXPONENTIAL_HISTOGRAM)
        )
        return {
            "type": pa.array(np.maximum.reduce(of_kind)),
            "temporality": pc.add(pc.add(of_sum, of_histogram), of_exponential),
            "is_monotonic": _column(data[MetricType.SUM], "is_monotonic", pa.bool_()),
        }

    def wire(self, parts: dict[str, WirePart]) -> Wire:
        """The parts with codes in the pool instead of the numbers of their attributes' bytes."""
        blobs = pa.chunked_array(self._blobs, pa.binary()).dictionary_encode().combine_chunks()
        codes = np.asarray(blobs.indices)
        coded = {
            name: WirePart(
                part.columns, part.parents, Attributes(part.attributes.offsets, codes[part.attributes.codes])
            )
            for name, part in parts.items()
        }
        return Wire(coded, attributes_of(blobs.dictionary, self._max_depth), {})

    def _attributes(self, lists: Sequence[pa.ListArray]) -> Attributes:
        """For now, each attribute's code is its number among the bytes of all attributes."""
        self._blobs += [each.flatten() for each in lists]
        offsets = offsets_of(_lengths(lists))
        first, self._size = self._size, self._size + int(offsets[-1])
        return Attributes(offsets, np.arange(first, self._size, dtype=np.int32))


def _values(rows: Chunks, path: str) -> list[pa.Array]:
    """The field at a path (see fields.py) of each row, in the same chunks; null in an absent message."""
    outer, in_each, inner = path.removesuffix("?").partition("[].")
    found = [_field(chunk, outer.split(".")) for chunk in rows]
    if in_each:
        found = [pa.ListArray.from_arrays(each.offsets, each.values.field(inner)) for each in found]
    return found


def _field(structs: pa.StructArray, names: Sequence[str]) -> pa.Array:
    for name in names:
        # The second way minds the nulls of the struct itself, and takes ten times as long.
        structs = structs.field(name) if structs.null_count == 0 else pc.struct_field(structs, name)
    return structs


def _column(rows: Chunks, path: str, kind: pa.DataType) -> pa.Array:
    """The field as one array, with nulls only where it is optional."""
    return complete(pa.concat_arrays(_values(rows, path)), kind, path)


def _lengths(lists: Sequence[pa.ListArray]) -> Int32s:
    return np.concatenate([lengths_of(each) for each in lists])


def _is_valid(values: pa.Array) -> Mask:
    mask: Mask = np.asarray(values.is_valid())
    return mask
