"""The operation of each span: what it is an instance of, once per distinct combination of what the name is made of."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from echoline.conventions.calls import called
from echoline.conventions.names import operation, served, unrouted
from echoline.conventions.sql_titles import title
from echoline.conventions.statements import statements
from echoline.model.batch import Int32s, Pool, ValueType
from echoline.processors.normalising.cells import Cells, Mask
from echoline.processors.normalising.columns import from_texts
from echoline.processors.normalising.groups import groups
from echoline.processors.normalising.promoting import fitting

SERVER, CLIENT = 2, 3
KEYS = (
    "db.query.text",
    "db.system.name",
    "http.request.method",
    "http.route",
    "messaging.destination.name",
    "messaging.destination.template",
    "server.address",
    "url.full",
    "url.path",
    "url.template",
)
"""Attributes that names are made of."""


@dataclass(frozen=True)
class Spans:
    """What is known of the spans of a batch when they are named."""

    pool: Pool
    found: Cells
    kind: Int32s
    name: Int32s
    names: pa.StringArray
    told: dict[str, Int32s] = field(default_factory=dict)

    def code(self, key: str) -> Int32s:
        """The codes of an attribute that is a text with something in it; -1 for others."""
        if key not in self.told:
            codes = self.found.code(key) if key in self.found else np.full(len(self.kind), -1, np.int32)
            self.told[key] = fitting(codes, self.pool, ValueType.STRING)[0]
        return self.told[key]

    def texts(self, codes: Int32s) -> pa.StringArray:
        """What some codes stand for, "" for -1."""
        values = self.pool.values.take(pa.array(codes, mask=codes < 0))
        return values.fill_null("")


def queries(spans: Spans) -> tuple[Int32s, pa.StringArray]:
    """For each span the place of its skeleton among the second; place 0 is ""."""
    text = spans.code("db.query.text")
    numbers = np.zeros(len(text), np.int32)
    rows = np.flatnonzero(text >= 0)
    if not len(rows):
        return numbers, pa.array([""])
    calls = groups(spans.code("db.system.name")[rows], text[rows])
    some = rows[calls.examples]
    systems = spans.texts(spans.code("db.system.name")[some]).to_numpy(zero_copy_only=False)
    texts = spans.texts(text[some])
    skeletons = np.empty(len(some), object)
    for system in set(systems.tolist()):
        is_of = systems == system
        skeletons[is_of] = statements(texts.filter(pa.array(is_of)), system).to_numpy(zero_copy_only=False)
    encoded = pa.concat_arrays([pa.array([""]), pa.array(skeletons, pa.string())]).dictionary_encode()
    numbers[rows] = np.asarray(encoded.indices)[1:][calls.numbers]
    return numbers, encoded.dictionary


def operations(spans: Spans, query: Int32s, skeletons: pa.StringArray) -> pa.DictionaryArray:
    """The column `operation`; `query` and `skeletons` are what `queries` said."""
    naming = _Naming(spans)
    method, route = spans.code("http.request.method"), spans.code("http.route")
    naming.use(query > 0, query, pa.array(map(title, skeletons.to_pylist()), pa.string()))
    naming.served(method, route)
    naming.unrouted(method)
    naming.called(method)
    naming.messages()
    naming.use(naming.is_open, spans.name, pa.array(map(operation, spans.names.to_pylist()), pa.string()))
    return naming.column()


class _Naming:
    """Names gathered kind by kind; a span keeps the first name that it got."""

    def __init__(self, spans: Spans) -> None:
        self.spans = spans
        self.is_open: Mask = np.ones(len(spans.kind), np.bool_)
        self.numbers: Int32s = np.zeros(len(spans.kind), np.int32)
        self.texts: list[pa.StringArray] = []

    def use(self, is_named: Mask, numbers: Int32s, texts: pa.StringArray) -> None:
        """texts[numbers] for some of the spans; `numbers` is as long as all of them."""
        is_named = is_named & self.is_open
        self.numbers[is_named] = numbers[is_named] + sum(map(len, self.texts))
        self.is_open &= ~is_named
        self.texts.append(texts)

    def use_groups(self, is_named: Mask, numbers: Int32s, texts: pa.StringArray) -> None:
        """Likewise, with `numbers` for the named ones only."""
        spread = np.zeros(len(self.numbers), np.int32)
        spread[is_named] = numbers
        self.use(is_named, spread, texts)

    def served(self, method: Int32s, route: Int32s) -> None:
        is_named = self.is_open & (self.spans.kind == SERVER) & (method >= 0) & (route >= 0)
        if is_named.any():
            method, route = method[is_named], route[is_named]
            found = groups(method, route)
            texts = self.spans.texts
            pairs = zip(
                texts(method[found.examples]).to_pylist(), texts(route[found.examples]).to_pylist(), strict=True
            )
            self.use_groups(is_named, found.numbers, pa.array([served(*pair) for pair in pairs], pa.string()))

    def unrouted(self, method: Int32s) -> None:
        is_named = self.is_open & (self.spans.kind == SERVER) & (method >= 0)
        if is_named.any():
            spans = self.spans
            method, name, path = method[is_named], spans.name[is_named], spans.code("url.path")[is_named]
            found = groups(method, name, path)
            some = found.examples
            columns = (spans.texts(method[some]), spans.names.take(pa.array(name[some])), spans.texts(path[some]))
            said = zip(*(column.to_pylist() for column in columns), strict=True)
            self.use_groups(is_named, found.numbers, pa.array([unrouted(*each) for each in said], pa.string()))

    def called(self, method: Int32s) -> None:
        is_named = self.is_open & (self.spans.kind == CLIENT) & (method >= 0)
        if is_named.any():
            keys = ("url.full", "url.template", "server.address", "url.path")
            codes = [method[is_named], *(self.spans.code(key)[is_named] for key in keys)]
            found = groups(*codes)
            names = called(*(self.spans.texts(column[found.examples]) for column in codes))
            self.use_groups(is_named, found.numbers, names)

    def messages(self) -> None:
        """A destination made for one conversation is told by its template."""
        template, destination = (self.spans.code(f"messaging.destination.{key}") for key in ("template", "name"))
        is_named = self.is_open & (template >= 0) & (destination >= 0)
        if is_named.any():
            spans = self.spans
            codes = spans.name[is_named], destination[is_named], template[is_named]
            found = groups(*codes)
            names, *others = (column[found.examples] for column in codes)
            said = zip(
                spans.names.take(pa.array(names)).to_pylist(),
                *(spans.texts(column).to_pylist() for column in others),
                strict=True,
            )
            texts = [operation(name.replace(old, new)) for name, old, new in said]
            self.use_groups(is_named, found.numbers, pa.array(texts, pa.string()))

    def column(self) -> pa.DictionaryArray:
        return from_texts(self.numbers, pa.concat_arrays(self.texts))
