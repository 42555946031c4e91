"""The code object of each span, worked out once for each distinct function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial

import numpy as np
import pyarrow as pa

from echoline.conventions.code_objects import CodeObject, code_object
from echoline.pipeline.settling.ancestors import Indices
from echoline.pipeline.settling.spans import Spans

_DAY_NS = 86_400 * 10**9
_KNOWN = 100_000

Languages = Callable[[Sequence[int]], Mapping[int, str]]


@dataclass(frozen=True)
class Code:
    """Keys of code objects, and a number per span: 0, the empty key, for spans that name no function."""

    numbers: Indices
    keys: list[str]
    seen: pa.Table
    """Rows of the table `code_objects`, that were not told before."""


class CodeObjects:
    """Remembers what it worked out and told, and the languages of resources."""

    def __init__(self, languages: Languages, roots: Sequence[str] = ()) -> None:
        self._languages = languages
        self._spelled: dict[int, str] = {}
        self._made = lru_cache(_KNOWN)(partial(code_object, roots=tuple(roots)))
        self._told: set[tuple[object, ...]] = set()

    def of(self, spans: Spans) -> Code:
        """Of all spans."""
        function, file = spans.codes("function"), spans.codes("file")
        named = np.flatnonzero(np.array([bool(text) for text in function.texts] or [False])[function.numbers])
        numbers, keys, seen = np.zeros(len(spans), np.int64), [""], list[dict[str, object]]()
        if len(named):
            language, languages = self._language(spans.numbers("resource_id")[named])
            functions, files = function.numbers[named], file.numbers[named]
            distinct, where = np.unique(
                (functions * len(file.texts) + files) * len(languages) + language, return_inverse=True
            )
            rest, spoken = np.divmod(distinct, len(languages))
            objects = [
                self._made(languages[spoken_], function.texts[function_], file.texts[file_])
                for function_, file_, spoken_ in zip(*np.divmod(rest, len(file.texts)), spoken, strict=True)
            ]
            places: dict[str, int] = {"": 0}
            of_distinct = np.array([places.setdefault(each.key if each else "", len(places)) for each in objects])
            numbers[named], keys = of_distinct[where], list(places)
            seen = self._sightings(spans, named, [objects[each] for each in range(len(objects))], where)
        return Code(numbers, keys, _rows(seen))

    def forget(self) -> None:
        """What was told may be gone from the store."""
        self._told.clear()

    def _language(self, resources: "np.ndarray[tuple[int], np.dtype[np.uint64]]") -> tuple[Indices, list[str]]:
        """A number per span, and the language of each number."""
        distinct, where = np.unique(resources, return_inverse=True)
        missing = [int(each) for each in distinct if int(each) not in self._spelled]
        if missing:
            if len(self._spelled) > _KNOWN:
                self._spelled.clear()
            self._spelled |= dict.fromkeys(missing, "") | dict(self._languages(missing))
        texts = [self._spelled.get(int(each), "") for each in distinct]
        places: dict[str, int] = {}
        return np.array([places.setdefault(text, len(places)) for text in texts])[where], list(places)

    def _sightings(
        self, spans: Spans, named: Indices, objects: Sequence[CodeObject | None], where: Indices
    ) -> list[dict[str, object]]:
        """Rows of what was not told yet: code object, file, line, service, environment, version, revision and day."""
        columns = {name: spans.codes(name) for name in ("service", "environment", "version", "revision", "file")}
        day, line = spans.start_ns[named] // _DAY_NS, spans.numbers("line")[named].astype(np.int64)
        _, first = np.unique(
            _mixed(where, day, line, *(each.numbers[named] for each in columns.values())), return_index=True
        )
        found = list[dict[str, object]]()
        for place in first:
            seen = objects[where[place]]
            texts = {name: each.texts[each.numbers[named[place]]] for name, each in columns.items()}
            key = (seen, int(line[place]), int(day[place]), *texts.values())
            if seen is None or key in self._told:
                continue
            self._told.add(key)
            fields = {"language": seen.language, "module": seen.module, "qualname": seen.qualname}
            at = datetime.fromtimestamp(int(day[place]) * 86_400, UTC).date()
            found.append(
                {
                    "code_object": seen.key,
                    **fields,
                    "is_library": seen.is_library,
                    **texts,
                    "line": int(line[place]),
                    "day": at,
                }
            )
        if len(self._told) > _KNOWN:
            self._told.clear()
        return found


def _mixed(*columns: Indices) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    """One number for several; two of them may, rarely, be alike, and then a sighting waits for the next time."""
    found = np.zeros(len(columns[0]), np.uint64)
    with np.errstate(over="ignore"):
        for each in columns:
            found = (found ^ each.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            found ^= found >> np.uint64(29)
    return found


_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("code_object", "language", "module", "qualname")),
        ("is_library", pa.bool_()),
        *((name, pa.string()) for name in ("service", "environment", "version", "revision", "file")),
        ("line", pa.int32()),
        ("day", pa.date32()),
    ]
)


def _rows(seen: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(seen, _SCHEMA)
