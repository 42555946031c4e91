"""All code objects of a repository at one revision, and how what telemetry says finds them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from echoline.model.code import CodeObject
from echoline.source.grammars import variant_of
from echoline.source.locating import Files, named
from echoline.source.modules import Modules
from echoline.source.parsed import Parsed, placed
from echoline.source.repositories import OpenRepository

_REGULAR = ("100644", "100755")


@dataclass(frozen=True)
class Index:
    """Code objects by file; made anew for each revision, from files that are parsed once."""

    revision: str
    by_file: Mapping[str, tuple[CodeObject, ...]]
    """In the order of their lines; files without any are there too."""
    blobs: Mapping[str, str]
    """Blob of each of those files."""
    modules: Modules
    left_out: int
    """Files of code beyond the bounds."""

    @cached_property
    def by_key(self) -> Mapping[str, tuple[CodeObject, ...]]:
        """Every place of each key."""
        found = defaultdict[str, list[CodeObject]](list)
        for objects in self.by_file.values():
            for each in objects:
                found[each.key].append(each)
        return {key: tuple(objects) for key, objects in found.items()}

    def locate(self, path: str, function: str = "", line: int = 0) -> CodeObject | None:
        """The code object that a program means by an absolute file path, a function's name and a line.

        The name decides, the line where there is no name or several are called so. None when the file could be two
        of the repository, or is of somebody else.
        """
        file = self._files.find(path)
        return named(self.by_file[file], self.modules.module(file), function, line) if file else None

    def resolve(self, language: str, name: str) -> CodeObject | None:
        """The code object that is meant by a name alone: `Cart.total`, `shop.cart.Cart.total`; None if several are."""
        candidates = {each.key: each for each in self._by_name.get(f"{language}:{name.replace(':', '.')}", ())}
        return next(iter(candidates.values())) if len(candidates) == 1 else None

    @cached_property
    def _files(self) -> Files:
        return Files({path: self.modules.split(path)[0] for path in self.by_file})

    @cached_property
    def _by_name(self) -> Mapping[str, list[CodeObject]]:
        found = defaultdict[str, list[CodeObject]](list)
        for objects in self.by_file.values():
            for each in objects:
                found[f"{each.language}:{each.qualname}"].append(each)
                found[f"{each.language}:{each.module}.{each.qualname}"].append(each)
        return found


def index(repository: OpenRepository, parsed: Parsed, revision: str) -> Index:
    """Of a revision, full id in. Only files that no revision before had are parsed."""
    paths, code = set[str](), dict[str, str]()
    for mode, blob, path in _tree(repository, revision):
        paths.add(path)
        if mode in _REGULAR and variant_of(path) is not None:
            code[path] = blob
    kept = dict(list(code.items())[: repository.bounds.max_files])
    modules = Modules(paths, repository.given.package_roots)
    spans = parsed.spans(kept)
    by_file = {path: tuple(placed(spans[path], path, modules.module(path))) for path in kept if path in spans}
    blobs = {path: kept[path] for path in by_file}
    return Index(revision, by_file, blobs, modules, len(code) - len(by_file))


def files(repository: OpenRepository, revision: str) -> dict[str, str]:
    """Blobs of all its files by their paths, without links; full id in. Nothing is parsed."""
    return {path: blob for mode, blob, path in _tree(repository, revision) if mode in _REGULAR}


def _tree(repository: OpenRepository, revision: str) -> Iterable[tuple[str, str, str]]:
    for entry in repository.git.run("ls-tree", "-r", "-z", "--full-tree", revision).split(b"\0"):
        head, _, path = entry.partition(b"\t")
        if path:
            mode, _, blob = head.decode().split(" ")
            yield mode, blob, path.decode("utf-8", "replace")
