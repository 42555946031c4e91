"""What differs between two revisions: files, lines, and the functions that those lines are in."""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from echoline.model.code import CodeObject
from echoline.model.revisions import ChangeKind, Difference, FileChange, FunctionChange
from echoline.source.grammars import variant_of
from echoline.source.matching import Known, Match, known, matches
from echoline.source.modules import Modules
from echoline.source.parsed import Parsed, Printed, placed
from echoline.source.renames import with_hunks
from echoline.source.repositories import OpenRepository


@dataclass(frozen=True)
class Sides:
    """The code objects of changed files before and after."""

    old: list[Known]
    new: list[Known]
    renamed: Mapping[str, tuple[str, int]]
    """New path and similarity by old path."""
    unread: int
    """Files of which one side could not be read, so that neither is compared."""

    def matches(self) -> list[Match]:
        """Which is which."""
        return matches(self.old, self.new, self.renamed)


def difference(repository: OpenRepository, parsed: Parsed, old: str, new: str) -> Difference:
    """From one revision to another, full ids in; `old` may be the empty tree."""
    files = with_hunks(repository.git, old, new)
    code = [file for file in files if variant_of(file.path) or variant_of(file.old_path)]
    read = code[: repository.bounds.max_changed_files]
    sides = both_sides(parsed, read, modules_at(repository, old), modules_at(repository, new))
    texts = _Texts(parsed, read)
    functions = sorted(_changes(sides, texts), key=lambda each: (each.file, each.first_line, each.code_object))
    return Difference(old, new, files, tuple(functions), len(code) - len(read) + sides.unread)


def both_sides(parsed: Parsed, files: Iterable[FileChange], old: Modules, new: Modules) -> Sides:
    """Code objects with fingerprints of the changed files before and after."""
    files = list(files)
    before = {file.old_path: file.old_blob for file in files if file.old_blob and file.status != "copied"}
    after = {file.path: file.new_blob for file in files if file.new_blob}
    renamed = {file.old_path: (file.path, file.similarity) for file in files if file.status == "renamed"}
    old_prints, new_prints = parsed.fingerprints(before), parsed.fingerprints(after)
    half_read = [file for file in files if _is_half_read(file, old_prints, new_prints)]
    for file in half_read:
        old_prints.pop(file.old_path, None)
        new_prints.pop(file.path, None)
    return Sides(_known(old_prints, old), _known(new_prints, new), renamed, len(half_read))


def _is_half_read(file: FileChange, old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    is_old = bool(file.old_blob) and variant_of(file.old_path) is not None and file.status != "copied"
    is_new = bool(file.new_blob) and variant_of(file.path) is not None
    return (is_old and file.old_path not in old) or (is_new and file.path not in new)


def modules_at(repository: OpenRepository, revision: str) -> Modules:
    """Names of modules as of a revision."""
    files = repository.git.run("ls-tree", "-r", "-z", "--name-only", revision).decode("utf-8", "replace").split("\0")
    return Modules(files, repository.given.package_roots)


def _known(prints: Mapping[str, list[Printed]], modules: Modules) -> list[Known]:
    pairs = []
    for path, found in prints.items():
        objects = placed((span for span, _ in found), path, modules.module(path))
        pairs += list(zip(objects, (print_ for _, print_ in found), strict=True))
    return known(pairs)


class _Texts:
    """Changed lines of each file, and its text where lines must be compared."""

    def __init__(self, parsed: Parsed, files: list[FileChange]) -> None:
        self._parsed = parsed
        self._old = {file.old_path: file for file in files if file.old_blob}
        self._new = {file.path: file for file in files if file.new_blob}

    def changed(self, object_: CodeObject, *, is_old: bool) -> tuple[int, ...]:
        """Its lines that differ; where lines only went, the one they stood before."""
        file = (self._old if is_old else self._new).get(object_.file)
        found = set[int]()
        for hunk in file.hunks if file else ():
            first, count = (hunk.old_first, hunk.old_count) if is_old else (hunk.new_first, hunk.new_count)
            # Nothing on this side: the place is between `first` and the line behind it.
            lines = range(first, first + count) if count else (first + 1,)
            is_inside = bool(count) or object_.first_line <= first < object_.last_line
            found.update(line for line in lines if is_inside and object_.first_line <= line <= object_.last_line)
        return tuple(sorted(found))

    def compared(self, old: CodeObject, new: CodeObject) -> tuple[int, ...]:
        """Lines of the new one that the old one, at another place, has not."""
        before, after = self._lines(old, self._old[old.file].old_blob), self._lines(new, self._new[new.file].new_blob)
        found = set[int]()
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        for tag, _, _, first, last in matcher.get_opcodes():
            if tag != "equal":
                found.update(range(new.first_line + first, new.first_line + max(last, first + 1)))
        return tuple(sorted(line for line in found if line <= new.last_line))

    def _lines(self, object_: CodeObject, blob: str) -> list[str]:
        text = dict(self._parsed.contents({object_.file: blob})).get(object_.file, b"").decode("utf-8", "replace")
        return [line.strip() for line in text.split("\n")[object_.first_line - 1 : object_.last_line]]


def _changes(sides: Sides, texts: _Texts) -> Iterable[FunctionChange]:
    found, methods = sides.matches(), _lines_of_methods(sides.new)
    for match in found:
        change = _change(match)
        old, new = match.old.object, match.new.object
        if old.file == new.file or old.key == new.key:
            lines = texts.changed(new, is_old=False)
            if new.kind == "class":
                lines = tuple(line for line in lines if line not in methods[new.file, new.qualname])
        else:
            lines = texts.compared(old, new) if match.old.print.body != match.new.print.body else ()
        if change != "reformatted" or lines:
            yield _told(change, new, old.key, lines)
    before, after = {id(match.old) for match in found}, {id(match.new) for match in found}
    for each in sides.old:
        if id(each) not in before:
            object_ = each.object
            yield _told("removed", object_, object_.key, tuple(range(object_.first_line, object_.last_line + 1)))
    for each in sides.new:
        if id(each) not in after:
            object_ = each.object
            yield _told("added", object_, "", tuple(range(object_.first_line, object_.last_line + 1)))


def _lines_of_methods(side: Iterable[Known]) -> Mapping[tuple[str, str], set[int]]:
    """Lines that a class leaves to what is in it, by file and class."""
    lines = defaultdict[tuple[str, str], set[int]](set)
    for each in side:
        around = each.object.qualname.rpartition(".")[0]
        lines[each.object.file, around].update(range(each.object.first_line, each.object.last_line + 1))
    return lines


def _change(match: Match) -> ChangeKind:
    if match.old.object.key != match.new.object.key:
        return "moved"
    return "modified" if match.old.print.body != match.new.print.body else "reformatted"


def _told(change: ChangeKind, object_: CodeObject, old_key: str, lines: tuple[int, ...]) -> FunctionChange:
    return FunctionChange(
        change=change,
        code_object=object_.key,
        old_code_object=old_key,
        kind=object_.kind,
        file=object_.file,
        first_line=object_.first_line,
        last_line=object_.last_line,
        lines=lines,
    )
