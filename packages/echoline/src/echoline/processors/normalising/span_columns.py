"""The columns of spans."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from echoline.model.batch import NORMALISED, PROMOTED, Batch, Int32s, Part, ValueType
from echoline.processors.normalising.cells import Mask, cells
from echoline.processors.normalising.columns import dictionary, from_texts, strings, with_columns
from echoline.processors.normalising.groups import groups
from echoline.processors.normalising.naming import KEYS, Spans, operations, queries
from echoline.processors.normalising.pools import GrowingPool
from echoline.processors.normalising.promoting import fitting, promoted
from echoline.processors.normalising.repeats import Int64s, Reports, repeated


def normalised_spans(batch: Batch) -> Part:
    """Spans with their columns; resources have theirs already."""
    part = batch.parts["rows"]
    wanted = sorted({*PROMOTED["traces"], *KEYS})
    found = cells(part.attributes, wanted, GrowingPool(batch.pool).roles(wanted))
    promotion = promoted(part, batch.pool, found, PROMOTED["traces"])
    name, names = dictionary(part.columns["name"])
    spans = Spans(batch.pool, found, part.columns["kind"].to_numpy().astype(np.int32), name, names)
    query, skeletons = queries(spans)
    own = {
        "operation": operations(spans, query, skeletons),
        "query": from_texts(query, skeletons),
        "exception_type": strings(_thrown(batch), batch.pool.values),
        "is_repeat_report": pa.array(_repeated(batch, query)),
    }
    columns = with_columns(promotion.part.columns, {**promotion.columns, **own}, NORMALISED["traces"]["rows"])
    return replace(promotion.part, columns=columns)


def _thrown(batch: Batch) -> Int32s:
    """For each span the code of the type of its last exception, -1 for none."""
    events = batch.parts["events"]
    thrown = np.full(len(batch), -1, np.int32)
    found = cells(events.attributes, ["exception.type"], GrowingPool(batch.pool).roles(["exception.type"]))
    if "exception.type" in found:
        name, names = dictionary(events.columns["name"])
        is_exception = np.asarray(names.to_numpy(zero_copy_only=False) == "exception")[name]
        types = fitting(found.code("exception.type"), batch.pool, ValueType.STRING)[0]
        chosen = np.flatnonzero(is_exception & (types >= 0))
        thrown[events.columns["row"].to_numpy()[chosen]] = types[chosen]
    return thrown


def _repeated(batch: Batch, query: Int32s) -> Mask:
    """Marks reports of database calls that another span tells too."""
    part = batch.parts["rows"].columns
    marked = np.zeros(len(query), np.bool_)
    rows = np.flatnonzero(query > 0)
    scope = _scope_ranks(batch)[part["scope"].to_numpy()[rows]] if len(rows) else np.empty(0, np.int32)
    if not len(rows) or (scope == scope[0]).all():
        return marked
    trace = _words(part["trace_id"], 2)
    request, service = part["request"].to_numpy(), _services(batch)[part["resource"].to_numpy()]
    end_ns = part["end_ns"].to_numpy()
    reports = Reports(
        query=query[rows],
        request=request[rows],
        service=service[rows],
        scope=scope,
        # 64-bit trace ids leave one half empty.
        trace=(trace[:, 0] ^ trace[:, 1])[rows],
        span=_words(part["span_id"], 1)[rows, 0],
        parent=_words(part["parent_span_id"], 1)[rows, 0],
        start_ns=part["start_ns"].to_numpy()[rows],
        end_ns=end_ns[rows],
        first_end_ns=_first(end_ns, groups(request, service).numbers)[rows],
    )
    marked[rows] = repeated(reports)
    return marked


def _first(times_ns: Int64s, numbers: Int32s) -> Int64s:
    """For each row the smallest time of all rows with its number."""
    first = np.full(int(numbers.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, numbers, times_ns)
    return first[numbers]


def _scope_ranks(batch: Batch) -> Int32s:
    """The place of each scope's name among the sorted names."""
    codes, names = dictionary(batch.parts["scopes"].columns["name"])
    _, ranks = np.unique(np.array(names.to_pylist(), np.str_), return_inverse=True)
    return ranks.astype(np.int32)[codes]


def _services(batch: Batch) -> Int32s:
    """A number per resource, equal for those that stand for one running program."""
    table = batch.parts["resources"].columns
    return groups(*(dictionary(table[name])[0] for name in ("service", "namespace", "instance"))).numbers


def _words(ids: pa.ChunkedArray, count: int) -> npt.NDArray[np.int64]:
    """Ids as whole numbers of 64 bits, `count` of them each."""
    array = ids.combine_chunks() if ids.num_chunks != 1 else ids.chunk(0)
    width = 8 * count
    words = np.frombuffer(array.buffers()[1], np.int64, len(array) * count, offset=array.offset * width)
    return words.reshape(len(array), count)
