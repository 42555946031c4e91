"""A code object over its whole life: moved, renamed and changed, it stays the same one."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from echoline.model.code import Alias
from echoline.model.revisions import FileChange
from echoline.source.cache import Cache
from echoline.source.diffs import both_sides, modules_at
from echoline.source.grammars import variant_of
from echoline.source.matching import moves
from echoline.source.modules import Modules
from echoline.source.parsed import Parsed, placed
from echoline.source.renames import CommitChanges, changes_by_commit
from echoline.source.repositories import OpenRepository
from echoline.source.revisions import merge_base

StepReason = Literal["file renamed", "same body", "same shape", "class renamed", "mostly the same"]
# With its indentation: as long as these lines are the same, so are all qualified names.
_HEADS = re.compile(rb"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+", re.MULTILINE)
_GROUP = 2_000
_INIT = "__init__.py"
_NO_KEYS = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Step:
    """One commit gave a code object another key, made it (no old one), or took it away (no new one)."""

    old: str
    new: str
    reason: StepReason | None = None


class _Way:
    """Code objects of one revision, each with the key that it has by now."""

    def __init__(self) -> None:
        self.now: dict[str, Alias] = {}
        self.ended = set[str]()
        self._at: dict[str, frozenset[str]] = {}

    def go(self, revision: str, steps: Sequence[Step]) -> None:
        """All steps of a commit happen at once: it may swap two names."""
        moving = [(step, self._leave(step.old) if step.old else frozenset()) for step in steps]
        for step, movers in moving:
            if not step.new:
                self.ended |= movers
            elif movers or not step.old:
                # Whoever still held that key went without a word.
                self.ended |= self._leave(step.new)
                self._at[step.new] = movers
            if step.new and step.reason:
                self.now |= {key: Alias(key, step.new, revision, step.reason) for key in movers}

    def _leave(self, key: str) -> frozenset[str]:
        """Takes those away that have this key by now: at first whoever is called so."""
        holders = self._at.get(key, frozenset({key}))
        self._at[key] = frozenset()
        return holders


class Identity:
    """Follows code objects through the commits of a repository; what it finds out is kept by commit."""

    def __init__(self, repository: OpenRepository, parsed: Parsed, cache: Cache) -> None:
        self._repository, self._parsed, self._cache = repository, parsed, cache

    def aliases(self, old: str, new: str) -> tuple[Alias, ...]:
        """Code objects of revision `old` that `new` has under another key, by their old key.

        Full ids in. Apply one to what was measured at revisions that do not have the commit it names: later, the old
        key may be that of another code object.
        """
        way = self._followed(old, new)
        found = (alias for key, alias in sorted(way.now.items()) if key not in way.ended)
        return tuple(alias for alias in found if alias.new != alias.old)

    def continued(self, keys: Iterable[str], old: str, new: str) -> dict[str, str | None]:
        """Where these code objects of revision `old` are in `new`: their keys there, None for those that ended."""
        way = self._followed(old, new)
        return {key: None if key in way.ended else way.now[key].new if key in way.now else key for key in keys}

    def steps(self, revisions: Sequence[str]) -> dict[str, tuple[Step, ...]]:
        """What each of these commits gave another key; merges nothing, their parents did."""
        found: dict[str, tuple[Step, ...]] = {}
        for start in range(0, len(revisions), _GROUP):
            found |= self._steps(revisions[start : start + _GROUP])
        return found

    def _followed(self, old: str, new: str) -> _Way:
        """From one revision to the other: commits that only `old` has are taken back, then come those of `new`."""
        way = _Way()
        base = merge_base(self._repository.git, old, new)
        if base is None:
            return way
        back, on = self._revisions(base, old), self._revisions(base, new)
        steps = self.steps([*back, *on])
        for revision in back:
            way.go(revision, [Step(step.new, step.old, step.reason) for step in steps.get(revision, ())])
        for revision in reversed(on):
            way.go(revision, steps.get(revision, ()))
        return way

    def _revisions(self, base: str, tip: str) -> list[str]:
        """Newest first."""
        if base == tip:
            return []
        most = self._repository.bounds.max_commits
        return self._repository.git.text("rev-list", "--topo-order", f"--max-count={most}", tip, f"^{base}").split()

    def _steps(self, revisions: Sequence[str]) -> dict[str, tuple[Step, ...]]:
        kind = f"steps:{'|'.join(self._repository.given.package_roots)}"
        decoder = msgspec.msgpack.Decoder(tuple[Step, ...])
        known = {key: decoder.decode(content) for key, content in self._cache.get(kind, revisions).items()}
        fresh: dict[str, tuple[Step, ...]] = {each: () for each in revisions if each not in known}
        if fresh:
            changes = list(changes_by_commit(self._repository.git, list(fresh)))
            interesting = {change.revision for change in self._interesting(changes)}
            modules = _ModulesOverTime(self._repository)
            # Oldest first, so that most commits have the modules of the one before.
            for change in reversed(changes):
                before, after = modules.around(change, is_wanted=change.revision in interesting)
                if before is not None and after is not None:
                    fresh[change.revision] = tuple(self._steps_of(change, before, after))
            self._cache.put(kind, {key: msgspec.msgpack.encode(steps) for key, steps in fresh.items()})
        return known | fresh

    def _steps_of(self, change: CommitChanges, before: Modules, after: Modules) -> Iterator[Step]:
        code = _code(change.files)[: self._repository.bounds.max_changed_files]
        old = self._keys({file.old_path: file.old_blob for file in code if file.status != "copied"}, before)
        new = self._keys({file.path: file.new_blob for file in code}, after)
        gone, come = _all(old) - _all(new), _all(new) - _all(old)
        if gone and come:
            # Files in which no name came or went have nothing to say.
            told = [file for file in code if old.get(file.old_path, _NO_KEYS) != new.get(file.path, _NO_KEYS)]
            for match in moves(both_sides(self._parsed, told, before, after).matches()):
                if match.reason != "same key":
                    yield Step(match.old.object.key, match.new.object.key, match.reason)
                    gone.discard(match.old.object.key)
                    come.discard(match.new.object.key)
        yield from (Step(key, "") for key in sorted(gone))
        yield from (Step("", key) for key in sorted(come))

    def _keys(self, files: Mapping[str, str], modules: Modules) -> dict[str, frozenset[str]]:
        """Keys of the code objects of each file."""
        found = self._parsed.spans({path: blob for path, blob in files.items() if blob})
        return {path: frozenset(each.key for each in placed(found[path], path, modules.module(path))) for path in found}

    def _interesting(self, changes: Sequence[CommitChanges]) -> Iterator[CommitChanges]:
        """Commits that took a name from somewhere or put one somewhere: cheap to see."""
        modified = [
            file for change in changes for file in _code(change.files) if file.status == "modified" and file.old_blob
        ]
        heads = self._heads({blob for file in modified for blob in (file.old_blob, file.new_blob)})
        for change in changes:
            code = _code(change.files)
            is_moved = any(file.status != "modified" for file in code)
            if is_moved or any(_differ(heads, file) for file in code if file.status == "modified"):
                yield change

    def _heads(self, blobs: Iterable[str]) -> dict[str, int]:
        """A hash of the lines that define something, by blob."""
        wanted = list(blobs)
        found = self._repository.blobs.many(wanted)
        return {blob: hash(tuple(_HEADS.findall(content))) for blob, content in found if content is not None}


class _ModulesOverTime:
    """Names of modules at commits, listed anew only where a package came or went."""

    def __init__(self, repository: OpenRepository) -> None:
        self._repository = repository
        self._known: dict[str, Modules] = {}

    def around(self, change: CommitChanges, *, is_wanted: bool) -> tuple[Modules | None, Modules | None]:
        """Before and after a commit; None where it is neither wanted nor known."""
        before = self._known.get(change.parent)
        if before is None and is_wanted:
            before = self._known[change.parent] = modules_at(self._repository, change.parent)
        after = before
        if any(file.status != "modified" and _INIT in file.path + file.old_path for file in change.files):
            after = modules_at(self._repository, change.revision)
        if after is not None:
            self._known[change.revision] = after
        return (before, after) if is_wanted else (None, None)


def _all(keys: Mapping[str, frozenset[str]]) -> set[str]:
    return set().union(*keys.values())


def _differ(heads: Mapping[str, int], file: FileChange) -> bool:
    # Only Python says on one line of its own what it defines.
    return variant_of(file.path) != "python" or heads.get(file.old_blob) != heads.get(file.new_blob)


def _code(files: Iterable[FileChange]) -> list[FileChange]:
    return [file for file in files if variant_of(file.path) or variant_of(file.old_path)]
