"""Which function of a newer text is which of an older one. In doubt none is: a look-alike never merges."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from echoline.model.code import CodeObject, Fingerprint

Reason = Literal["same key", "file renamed", "same body", "same shape", "class renamed", "mostly the same"]

_ENOUGH_TOKENS = 12
"""Code below it is what many functions look like: it needs its name to be known again."""
_ENOUGH_FOR_SHAPE = 20
_ENOUGH_STATEMENTS = 3
_MOSTLY = 0.5
"""Share of equal statements from which a function of the same name in another place is the same."""
_HARDLY = 0.3
"""Share below which something of the same name may be something else."""
_SURE_RENAME = 80


@dataclass(frozen=True, slots=True)
class Known:
    """A code object with its fingerprint, at one side of a change."""

    object: CodeObject
    print: Fingerprint
    ordinal: int = 0
    """Which of several with the same key: a getter and a setter, say."""

    @property
    def place(self) -> tuple[str, int]:
        return self.object.key, self.ordinal

    @property
    def owner(self) -> str:
        """Key of the class or function around it; "" at the top of a module."""
        around = self.object.qualname.rpartition(".")[0].removesuffix(".<locals>")
        return f"{self.object.language}:{self.object.module}:{around}" if around else ""


@dataclass(frozen=True, slots=True)
class Match:
    """One code object before and after, and why we think so."""

    old: Known
    new: Known
    reason: Reason


def known(objects: Iterable[tuple[CodeObject, Fingerprint]]) -> list[Known]:
    """Numbers those with the same key."""
    seen = Counter[str]()
    found = []
    for each, print_ in objects:
        found.append(Known(each, print_, seen[each.key]))
        seen[each.key] += 1
    return found


def matches(old: list[Known], new: list[Known], renamed: Mapping[str, tuple[str, int]]) -> list[Match]:
    """Pairs of the same code object. `renamed` has new path and similarity by old path, as git sees it."""
    return _Matching(old, new, renamed).run()


class _Matching:
    """Goes from what is certain to what is only likely; each step sees what those before left."""

    def __init__(self, old: list[Known], new: list[Known], renamed: Mapping[str, tuple[str, int]]) -> None:
        self._renamed = renamed
        self._old = {each.place: each for each in old}
        self._new = {each.place: each for each in new}
        self._old_bodies = Counter(each.print.body for each in old)
        self._new_bodies = Counter(each.print.body for each in new)
        self._old_shapes = Counter(each.print.shape for each in old)
        self._new_shapes = Counter(each.print.shape for each in new)
        self._found: list[Match] = []
        self._owners: dict[str, str] = {}
        self._ways = set[tuple[str, str]]()

    def run(self) -> list[Match]:
        doubtful = self._same_keys()
        self._in_renamed_files()
        self._same_bodies_and_names()
        self._renamed_classes()
        self._unique(lambda each: each.print.body, self._old_bodies, self._new_bodies, _ENOUGH_TOKENS, "same body")
        self._unique(lambda each: each.print.shape, self._old_shapes, self._new_shapes, _ENOUGH_FOR_SHAPE, "same shape")
        # What kept its key and changed beyond recognition is itself, unless its old body was found elsewhere.
        for one, other in doubtful:
            if one.place in self._old and other.place in self._new:
                self._take(one, other, "same key")
        self._moved_and_changed()
        self._inner_ones()
        self._same_bodies_and_names()
        return self._found

    def _take(self, old: Known, new: Known, reason: Reason) -> None:
        self._found.append(Match(old, new, reason))
        del self._old[old.place], self._new[new.place]
        self._owners[old.object.key] = new.object.key
        if old.object.file != new.object.file:
            self._ways.add((old.object.file, new.object.file))

    def _same_keys(self) -> list[tuple[Known, Known]]:
        doubtful = []
        for place in [place for place in self._old if place in self._new]:
            one, other = self._old[place], self._new[place]
            moved_away = self._new_bodies[one.print.body] and one.print.tokens >= _ENOUGH_TOKENS
            if one.print.body != other.print.body and moved_away and alike(one, other) < _HARDLY:
                doubtful.append((one, other))
            else:
                self._take(one, other, "same key")
        return doubtful

    def _in_renamed_files(self) -> None:
        """git says the file was renamed: functions of the same name in it go along, if they are at all alike."""
        by_place = {(each.object.file, each.object.qualname, each.ordinal): each for each in self._new.values()}
        for one in list(self._old.values()):
            path, similarity = self._renamed.get(one.object.file, ("", 0))
            other = by_place.get((path, one.object.qualname, one.ordinal))
            if other and (similarity >= _SURE_RENAME or _same(one, other) or alike(one, other) >= _MOSTLY):
                self._take(one, other, "file renamed")

    def _same_bodies_and_names(self) -> None:
        """Moved as it is: body and qualified name are the same, once on each side."""
        self._pairs(lambda each: (each.object.qualname, each.ordinal, each.print.body), "same body")
        self._pairs(lambda each: (each.object.name, each.ordinal, each.print.body), "same body", _ENOUGH_TOKENS)
        self._pairs(lambda each: (each.object.qualname, each.ordinal, each.print.shape), "same shape", _ENOUGH_TOKENS)

    def _pairs(self, by: Callable[[Known], Hashable], reason: Reason, tokens: int = 0) -> None:
        olds, news = _grouped(self._old.values(), by), _grouped(self._new.values(), by)
        for key, one in olds.items():
            other = news.get(key, [])
            if len(one) == len(other) == 1 and one[0].print.tokens >= tokens and self._may_meet(one[0], other[0]):
                self._take(one[0], other[0], reason)

    def _may_meet(self, old: Known, new: Known) -> bool:
        """Small functions of the same name are everywhere: what is around them must have met, or gone the same way."""
        if old.print.tokens >= _ENOUGH_TOKENS or (old.object.kind == "class" and not old.owner):
            return True
        is_owner_met = bool(old.owner) and self._owners.get(old.owner) == new.owner
        return is_owner_met or (not old.owner and (old.object.file, new.object.file) in self._ways)

    def _renamed_classes(self) -> None:
        """A class whose methods are found again, most of them, under another name."""
        olds, news = self._methods(self._old), self._methods(self._new)
        for one, ours in olds.items():
            found = [(other, _overlap(ours, theirs)) for other, theirs in news.items()]
            good = [other for other, share in found if share >= _MOSTLY]
            is_there = (one, 0) in self._old and len(good) == 1 and (good[0], 0) in self._new
            if is_there and len(ours) > 1 and self._old[one, 0].object.kind == self._new[good[0], 0].object.kind:
                self._take(self._old[one, 0], self._new[good[0], 0], "class renamed")
        self._inner_ones()

    def _inner_ones(self) -> None:
        """What stands in something that was found again, under the same name, goes along if it is at all alike."""
        inner = {(each.owner, each.object.name, each.ordinal): each for each in self._new.values() if each.owner}
        # Outer ones come first, so that inner ones of inner ones find theirs.
        for one in sorted(self._old.values(), key=lambda each: each.object.qualname.count(".")):
            other = inner.get((self._owners.get(one.owner, ""), one.object.name, one.ordinal))
            if other and other.place in self._new and (_same(one, other) or alike(one, other) >= _MOSTLY):
                self._take(one, other, "class renamed" if one.object.kind in ("method", "property") else "same body")

    @staticmethod
    def _methods(side: Mapping[tuple[str, int], Known]) -> dict[str, set[tuple[str, str]]]:
        found = defaultdict[str, set[tuple[str, str]]](set)
        for each in side.values():
            if each.owner and each.object.kind in ("method", "property"):
                found[each.owner].add((each.object.name, each.print.body))
        return found

    def _unique(
        self, by: Callable[[Known], str], olds: Counter[str], news: Counter[str], tokens: int, reason: Reason
    ) -> None:
        """The same code, there only once before and once after, also among what kept its key."""
        for one in list(self._old.values()):
            value = by(one)
            if one.print.tokens < tokens or olds[value] != 1 or news[value] != 1:
                continue
            other = next((each for each in self._new.values() if by(each) == value), None)
            if other is not None and other.object.kind == one.object.kind:
                self._take(one, other, reason)

    def _moved_and_changed(self) -> None:
        """Same qualified name in another place, and mostly the same statements."""
        news = _grouped(self._new.values(), lambda each: (each.object.qualname, each.ordinal, each.object.kind))
        olds = _grouped(self._old.values(), lambda each: (each.object.qualname, each.ordinal, each.object.kind))
        for key, one in olds.items():
            other = news.get(key, [])
            is_much = len(one[0].print.statements) >= _ENOUGH_STATEMENTS
            if len(one) == len(other) == 1 and is_much and alike(one[0], other[0]) >= _MOSTLY:
                self._take(one[0], other[0], "mostly the same")


def alike(one: Known, other: Known) -> float:
    """Share of equal statements, 0 to 1."""
    ours, theirs = Counter(one.print.statements), Counter(other.print.statements)
    return (ours & theirs).total() / max((ours | theirs).total(), 1)


def _same(one: Known, other: Known) -> bool:
    return one.print.shape == other.print.shape


def _overlap(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> float:
    return len(one & other) / len(one | other)


def _grouped(side: Iterable[Known], by: Callable[[Known], Hashable]) -> Mapping[Hashable, list[Known]]:
    groups = defaultdict[Hashable, list[Known]](list)
    for each in side:
        groups[by(each)].append(each)
    return groups


def moves(found: Iterable[Match]) -> Iterator[Match]:
    """Those that have another key now."""
    return (each for each in found if each.old.object.key != each.new.object.key)
