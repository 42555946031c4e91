"""Which code object a frame of a stack trace is: Python's traces say the bare name of a function, and its file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from echoline.conventions.code_objects import code_object
from echoline.conventions.stack_traces import Frame
from echoline.kinds import Store
from echoline.queries.pages import rows
from echoline.queries.params import Params

_MOST = 10_000


@dataclass(frozen=True)
class _Known:
    key: str
    name: str
    line: int


def keys(store: Store, frames: Iterable[tuple[str, Frame]]) -> Mapping[tuple[str, Frame], str]:
    """The key of each (service, frame): of a code object that spans told, else as far as the frame itself says.

    Of several functions of one name in a file it is the one that begins last before the frame's line.
    """
    asked = dict.fromkeys(frames)
    known = _known(store, asked)
    found = {}
    for service, frame in asked:
        named = code_object(frame.language, frame.function, frame.file)
        before = [
            each
            for each in known.get((service, frame.file), ())
            if each.name == frame.function and each.line <= frame.line
        ]
        told = max(before, key=lambda each: each.line).key if before else ""
        found[service, frame] = told or (named.key if named else "")
    return found


def _known(store: Store, asked: Iterable[tuple[str, Frame]]) -> Mapping[tuple[str, str], list[_Known]]:
    """What spans told of the files, by service and file."""
    files = sorted({frame.file for _, frame in asked if frame.file})
    if not files:
        return {}
    params = Params()
    sql = f"""
        SELECT DISTINCT toString(service) AS service, toString(file) AS file, toString(code_object) AS key,
            qualname, line
        FROM code_objects WHERE file IN {params.put(files, "Array(String)")} ORDER BY key, line LIMIT {_MOST}
    """
    found: dict[tuple[str, str], list[_Known]] = {}
    for row in rows(store, sql, params):
        known = _Known(row["key"], row["qualname"].rpartition(".")[2], row["line"])
        found.setdefault((row["service"], row["file"]), []).append(known)
    return found
