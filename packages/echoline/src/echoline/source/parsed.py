"""Functions and fingerprints of files by blob, worked out once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec

from echoline.model.code import CodeObject, Fingerprint, FunctionSpan
from echoline.source.blobs import Blobs
from echoline.source.cache import Cache
from echoline.source.fingerprints import fingerprints
from echoline.source.functions import functions
from echoline.source.grammars import Variant, language_of, variant_of

T = TypeVar("T")
Printed = tuple[FunctionSpan, Fingerprint]
# Contents held at once, and rows written together.
_GROUP = 200


class Parsed:
    """Reads blobs, parses them, and remembers it by blob and grammar."""

    def __init__(self, blobs: Blobs, cache: Cache) -> None:
        self._blobs, self._cache = blobs, cache

    def spans(self, files: Mapping[str, str]) -> dict[str, list[FunctionSpan]]:
        """Functions by path, of files given as path to blob. Files that cannot be read are left out."""
        return self._each("spans", files, functions, list[FunctionSpan])

    def fingerprints(self, files: Mapping[str, str]) -> dict[str, list[Printed]]:
        """The same with fingerprints."""
        return self._each("fingerprints", files, fingerprints, list[Printed])

    def contents(self, files: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
        """Texts by path."""
        paths = list(files)
        for path, (_, content) in zip(paths, self._blobs.many(files[path] for path in paths), strict=True):
            if content is not None:
                yield path, content

    def _each(
        self, kind: str, files: Mapping[str, str], work: Callable[[bytes, Variant], T], hint: type[T]
    ) -> dict[str, T]:
        variants = {path: variant for path in files if (variant := variant_of(path)) is not None}
        ids = {path: f"{files[path]}:{variant}" for path, variant in variants.items()}
        decoder, encoder = msgspec.msgpack.Decoder(hint), msgspec.msgpack.Encoder()
        known = self._cache.get(kind, ids.values())
        found = {path: decoder.decode(known[each]) for path, each in ids.items() if each in known}
        for group in _groups([path for path in variants if path not in found]):
            fresh: dict[str, bytes] = {}
            for path, content in self.contents({path: files[path] for path in group}):
                found[path] = work(content, variants[path])
                fresh[ids[path]] = encoder.encode(found[path])
            self._cache.put(kind, fresh)
        return found


def placed(spans: Iterable[FunctionSpan], path: str, module: str) -> Iterator[CodeObject]:
    """Code objects of the functions of one file."""
    variant = variant_of(path)
    if variant is None:
        return
    language = language_of(variant)
    for span in spans:
        yield CodeObject(
            language, module, span.qualname, span.kind, path, span.first_line, span.def_line, span.last_line
        )


def _groups(paths: list[str]) -> Iterator[list[str]]:
    return (paths[start : start + _GROUP] for start in range(0, len(paths), _GROUP))
