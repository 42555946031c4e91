"""Gathers the samples of many requests, and makes the columns of a batch of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from echoline.config import LimitsConfig
from echoline.decoding.limits import encoded, limited, limited_attributes
from echoline.decoding.profiles.allowance import Allowance
from echoline.decoding.profiles.dictionary import Broken, Dictionary, Frame
from echoline.decoding.values import canonical
from echoline.decoding.wire import offsets_of, pool_of
from echoline.errors import BadInput
from echoline.model.batch import PARTS, SPAN_ID, STRING, TRACE_ID, Attributes, Batch, Part

# What our own sampler says of a sample whose leaf may be another function than the one that was running.
APPROXIMATE = "echoline.profile.approximate"
Codes = tuple[int, ...]


class Sample(NamedTuple):
    """One row of the batch in the order of its schema, without its attributes."""

    request: int
    resource: int
    scope: int
    stack: int
    time_ns: int
    type: str
    unit: str
    value: int
    hits: int
    trace_id: bytes
    span_id: bytes


class Columns:
    """The rows of one batch as they grow; `rejected` and `cut` count by reason."""

    def __init__(self, limits: LimitsConfig, max_body_bytes: int) -> None:
        self._limits, self._max_body_bytes = limits, max_body_bytes
        self._pool: dict[tuple[str, str, int, bool], int] = {}
        self._approximate: set[int] = set()
        self._frames: dict[Frame, int] = {}
        self._stacks: dict[tuple[Frame, ...], int] = {}
        self._resources: list[tuple[str, int]] = []
        self._scopes: list[tuple[str, str, str, int]] = []
        self._samples: list[Sample] = []
        self._codes: dict[str, list[Codes]] = {"resources": [], "scopes": [], "rows": []}
        self.rejected: Counter[str] = Counter()
        self.cut: Counter[str] = Counter()

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Takes back what was added within the block when it raises BadInput."""
        lists: list[list[Any]] = [self._resources, self._scopes, self._samples, *self._codes.values()]
        sizes, counts = [len(each) for each in lists], (self.rejected.copy(), self.cut.copy())
        try:
            yield
        except BadInput:
            for each, size in zip(lists, sizes, strict=True):
                del each[size:]
            self.rejected, self.cut = counts
            raise

    def tables(self, request: Any) -> Dictionary:
        """The tables of one request."""
        allowance = Allowance.of(request.ByteSize(), self._max_body_bytes)
        return Dictionary(request.dictionary, self._limits.max_stack_frames, allowance)

    def add_resource(self, group: Any, tables: Dictionary) -> int:
        """The number of a ResourceProfiles' resource."""
        self._codes["resources"].append(self._listed(group.resource.attributes, tables))
        self._resources.append((group.schema_url, group.resource.dropped_attributes_count))
        return len(self._resources) - 1

    def add_scope(self, several: Any, tables: Dictionary) -> int:
        """The number of a ScopeProfiles' scope."""
        scope = several.scope
        self._codes["scopes"].append(self._listed(scope.attributes, tables))
        self._scopes.append((scope.name, scope.version, several.schema_url, scope.dropped_attributes_count))
        return len(self._scopes) - 1

    def stack(self, frames: tuple[Frame, ...]) -> int:
        """The number of a stack, the same for the same frames."""
        return self._stacks.setdefault(frames, len(self._stacks))

    def attributes(self, indices: Sequence[int], tables: Dictionary) -> Codes:
        """Attributes of the table; one that is not there is left out and counted, like those beyond the limit."""
        most = self._limits.max_attributes
        tables.cut["attribute_count"] += max(len(indices) - most, 0)
        found = []
        for index in indices[:most]:
            try:
                found.append(self._code(*tables.attribute(index), tables))
            except Broken:
                tables.cut["invalid_index"] += 1
        return tuple(found)

    def add(self, sample: Sample, attributes: Codes, allowance: Allowance) -> None:
        """One more row. Raises BadInput when the request adds too much."""
        allowance.take(attributes=len(attributes))
        self._samples.append(sample)
        self._codes["rows"].append(attributes)

    def batch(self) -> Batch:
        """All of it."""
        pool = limited(pool_of(list(self._pool)), self._limits)

        def part(name: str, columns: dict[str, pa.Array], size: int) -> Part:
            codes = self._codes.get(name, [()] * size)
            flat = np.array([code for several in codes for code in several], np.int32)
            lists = Attributes(offsets_of(np.array([len(several) for several in codes], np.int32)), flat)
            kept = limited_attributes(lists, pool, self._limits.max_attributes, self.cut)
            return Part(pa.table(columns, PARTS["profiles"][name]), kept)

        stacks, frames = self._folded()
        parts = {
            "resources": part("resources", self._made("resources", self._resources), 0),
            "scopes": part("scopes", self._made("scopes", self._scopes), 0),
            "frames": part("frames", self._made("frames", frames), len(frames)),
            "stacks": part("stacks", {"frames": stacks}, len(stacks)),
            "rows": part("rows", self._rows(), 0),
        }
        return Batch("profiles", parts, pool.pool)

    def _listed(self, key_values: Iterable[Any], tables: Dictionary) -> Codes:
        """Attributes of a resource or scope; in profiles their keys too may stand in the table."""
        return tuple(self._code(each.key or tables.named(each.key_strindex), each.value, tables) for each in key_values)

    def _code(self, key: str, value: Any, tables: Dictionary) -> int:
        entry = (key, *canonical(value, tables.member, self._limits.max_depth))
        code = self._pool.setdefault(entry, len(self._pool))
        if key == APPROXIMATE and entry[1] == "true":
            self._approximate.add(code)
        return code

    def _folded(self) -> tuple[pa.ListArray, Sequence[Frame]]:
        """The stacks as numbers of frames, and the frames."""
        numbers = [self._frames.setdefault(frame, len(self._frames)) for frames in self._stacks for frame in frames]
        lengths = np.array([len(frames) for frames in self._stacks], np.int32)
        stacks = pa.ListArray.from_arrays(pa.array(offsets_of(lengths)), pa.array(numbers, pa.int32()))
        return stacks, list(self._frames)

    def _rows(self) -> dict[str, pa.Array]:
        columns = self._made("rows", self._samples)
        for name, kind in (("trace_id", TRACE_ID), ("span_id", SPAN_ID)):
            columns[name] = self._ids(name, kind)
        is_approximate = [not self._approximate.isdisjoint(codes) for codes in self._codes["rows"]]
        return {**columns, "is_approximate": pa.array(is_approximate, pa.bool_())}

    def _made(self, part: str, rows: Sequence[tuple[Any, ...]]) -> dict[str, pa.Array]:
        """Columns of rows that have the order of the schema: texts within the limit, numbers as they are."""
        columns = {}
        for place, field in enumerate(PARTS["profiles"][part]):
            if field.type == STRING:
                texts = pa.array([row[place] for row in rows], pa.string())
                columns[field.name] = encoded(texts, self._limits.max_value_bytes, self.cut)
            elif pa.types.is_integer(field.type):
                columns[field.name] = pa.array([row[place] for row in rows], field.type)
        return columns

    def _ids(self, name: str, kind: pa.DataType) -> pa.Array:
        """Ids of their width; of another length they are left out and counted, but for none at all."""
        width, found = kind.byte_width, [getattr(sample, name) for sample in self._samples]
        self.cut[f"invalid_{name}"] += sum(len(each) not in (0, width) for each in found)
        return pa.array([each if len(each) == width else bytes(width) for each in found], kind)
