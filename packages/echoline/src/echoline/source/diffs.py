"""What differs between two revisions: files, lines, and the functions that those lines are in."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from echoline.model.code import CodeObject
from echoline.model.revisions import ChangeKind, Difference, FileChange, FunctionChange
from echoline.source.grammars import variant_of
from echoline.source.matching import Known, Match, known, matches
from echoline.source.modules import Modules
from echoline.source.parsed import Parsed, placed
from echoline.source.renames import with_hunks
from echoline.source.repositories import OpenRepository


@dataclass(frozen=True)
class Sides:
    """The code objects of changed files before and after."""

    old: list[Known]
    new: list[Known]
    renamed: Mapping[str, tuple[str, int]]
    """New path and similarity by old path."""

    def matches(self) -> list[Match]:
        """Which is which."""
        return matches(self.old, self.new, self.renamed)


def difference(repository: OpenRepository, parsed: Parsed, old: str, new: str) -> Difference:
    """From one revision to another, full ids in; `old` may be the empty tree."""
    files = with_hunks(repository.git, old, new)
    code = [file for file in files if variant_of(file.path) or variant_of(file.old_path)]
    read = code[: repository.bounds.max_changed_files]
    sides = both_sides(repository, parsed, read, old, new)
    texts = _Texts(parsed, read)
    functions = sorted(_changes(sides, texts), key=lambda each: (each.file, each.first_line, each.code_object))
    return Difference(old, new, files, tuple(functions), len(code) - len(read) + texts.unread(sides))


def both_sides(repository: OpenRepository, parsed: Parsed, files: Iterable[FileChange], old: str, new: str) -> Sides:
    """Code objects with fingerprints of the changed files at both revisions."""
    files = list(files)
    before = {file.old_path: file.old_blob for file in files if file.old_blob and file.status != "copied"}
    after = {file.path: file.new_blob for file in files if file.new_blob}
    renamed = {file.old_path: (file.path, file.similarity) for file in files if file.status == "renamed"}
    return Sides(
        _known(parsed, before, modules_at(repository, old)),
        _known(parsed, after, modules_at(repository, new)),
        renamed,
    )


def modules_at(repository: OpenRepository, revision: str) -> Modules:
    """Names of modules as of a revision."""
    files = repository.git.run("ls-tree", "-r", "-z", "--name-only", revision).decode("utf-8", "replace").split("\0")
    return Modules(files, repository.given.package_roots)


def _known(parsed: Parsed, files: Mapping[str, str], modules: Modules) -> list[Known]:
    found = parsed.fingerprints(files)
    pairs = []
    for path in files:
        spans = found.get(path, [])
        objects = placed((span for span, _ in spans), path, modules.module(path))
        pairs += list(zip(objects, (print_ for _, print_ in spans), strict=True))
    return known(pairs)


class _Texts:
    """Changed lines of each file, and its text where lines must be compared."""

    def __init__(self, parsed: Parsed, files: list[FileChange]) -> None:
        self._parsed = parsed
        self._old = {file.old_path: file for file in files if file.old_blob}
        self._new = {file.path: file for file in files if file.new_blob}

    def unread(self, sides: Sides) -> int:
        """Files whose text could not be read: too large, or gone."""
        read = {each.object.file for each in (*sides.old, *sides.new)}
        wanted = {file.path: file.new_blob for file in self._new.values() if file.path not in read}
        return len(wanted) - sum(1 for _ in self._parsed.contents(wanted))

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
    found = sides.matches()
    for match in found:
        change = _change(match)
        old, new = match.old.object, match.new.object
        if old.file == new.file or old.key == new.key:
            lines = texts.changed(new, is_old=False)
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
