"""The two sides of a comparison, by the names that people give them."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from echoline.errors import BadInput
from echoline.model.deployments import Release, Started
from echoline.model.window import Window
from echoline.queries.deployments import Place, Seen
from echoline.queries.windows import instant_ns

SideKind = Literal["version", "revision", "branch", "deployment", "environment", "window"]
SPELLINGS = (
    "a version, a revision or the first digits of one (4 at least), a branch or tag, a deployment's id, `current`, "
    "`previous`, an environment, or a window like 2h..1h; version:, revision:, branch:, deployment: or environment: "
    "in front says which"
)
_PREFIX = re.compile(r"(version|revision|branch|deployment|environment):(.+)", re.DOTALL)
_ABBREVIATED = re.compile(r"[0-9a-f]{4,40}", re.IGNORECASE)
_MOST_LISTED = 12
_MOST_NEAR = 3
_LEAST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Part:
    """What a side has of one service in one environment."""

    place: Place
    reported: frozenset[Release] | None
    """The releases as telemetry has them; None: all there are."""
    name: Release | None
    runs: tuple[Window, ...]
    """When it had calls, in order of time."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side."""

    name: str
    kind: SideKind
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Names:
    """What can be named."""

    seen: Mapping[Place, Sequence[Seen]]
    started: Sequence[Started]
    """Deployments, newest first."""
    window: Window
    now_ns: int
    commits: Callable[[str], Sequence[Sequence[str]]] = lambda _: ()
    """The commits of a branch, its newest first, or the one of a tag, in each repository that has it."""
    branches: Callable[[], Sequence[str]] = tuple
    """The names of all branches and tags."""

    def side(self, text: str) -> Side:
        """The side of that name. Raises BadInput that lists what there is."""
        given = text.strip()
        match = _PREFIX.fullmatch(given)
        kinds, wanted = ((match[1],), match[2]) if match else (tuple(_WAYS), given)
        for kind in kinds:
            parts = _WAYS[kind](self, wanted) if wanted else ()
            if parts:
                shown: SideKind = "deployment" if kind == "place" else kind  # type: ignore[assignment] # all others are
                return Side(given, shown, tuple(parts))
        raise BadInput(f"{self._unknown(wanted)}. {self._listed()} A side is {SPELLINGS}", reason="not_found")

    def _unknown(self, wanted: str) -> str:
        if self.commits(wanted):
            return f"no service ran a commit of {wanted!r} in this window, though a repository has it"
        releases = (each.run.release for at in self.seen.values() for each in at)
        names = [name for release in releases for name in (release.version, release.revision)]
        names += [place[1] for place in self.seen] + list(self.branches())
        near = difflib.get_close_matches(wanted, dict.fromkeys(filter(None, names)), _MOST_NEAR)
        return f"nothing is called {wanted!r}" + (f"; near to it: {', '.join(near)}" if near else "")

    def _listed(self) -> str:
        if not self.seen:
            return "Nothing has been received in this window."
        runs = sorted((each for at in self.seen.values() for each in at), key=lambda each: -each.run.until_ns)
        releases = list(dict.fromkeys(_shown(each.run.release) for each in runs if each.run.release.is_named))
        environments = sorted({place[1] for place in self.seen if place[1]})
        words = []
        if releases:
            more = f" and {len(releases) - _MOST_LISTED} more" if len(releases) > _MOST_LISTED else ""
            words.append(f"There are the releases {', '.join(releases[:_MOST_LISTED])}{more}.")
        else:
            words.append("No service tells its version or revision.")
        if environments:
            words.append(f"Environments: {', '.join(environments[:_MOST_LISTED])}.")
        return " ".join(words)

    def _releases(self, fits: Callable[[Release], bool]) -> list[Part]:
        parts = []
        for place, found in self.seen.items():
            own = [each for each in found if fits(each.run.release)]
            if own:
                reported = frozenset(release for each in own for release in each.reported)
                parts.append(Part(place, reported, own[-1].run.release, _windows(own)))
        return parts


def _version(names: Names, wanted: str) -> list[Part]:
    return names._releases(lambda release: release.version == wanted)  # noqa: SLF001 (one class in two halves)


def _revision(names: Names, wanted: str) -> list[Part]:
    whole = names._releases(lambda release: release.revision == wanted)  # noqa: SLF001
    if whole or not _ABBREVIATED.fullmatch(wanted):
        return whole
    beginning = wanted.lower()
    found = names._releases(lambda release: release.revision.lower().startswith(beginning))  # noqa: SLF001
    known = {each.run.release.revision for at in names.seen.values() for each in at}
    several = sorted(each for each in known if each.lower().startswith(beginning))
    if len(several) > 1:
        raise BadInput(f"several revisions begin with {wanted!r}: {', '.join(several)}; give more digits")
    return found


def _branch(names: Names, wanted: str) -> list[Part]:
    """Of its newest commit that was deployed, in each repository; a tag is one commit."""
    deployed = {each.run.release.revision for at in names.seen.values() for each in at if each.run.release.revision}
    newest = {
        next((revision for commit in commits if (revision := _among(commit, deployed))), "")
        for commits in names.commits(wanted)
    }
    return names._releases(lambda release: bool(release.revision) and release.revision in newest)  # noqa: SLF001


def _among(commit: str, revisions: set[str]) -> str:
    """The one that is this commit, in full or abbreviated; empty for none."""
    return next((each for each in revisions if len(each) >= _LEAST_DIGITS and commit.startswith(each)), "")


def _deployment(names: Names, wanted: str) -> list[Part]:
    if not _ABBREVIATED.fullmatch(wanted):
        return []
    found = [each for each in names.started if each.id.startswith(wanted.lower()) and each.since_ns is not None]
    if len(found) > 1:
        raise BadInput(f"{len(found)} deployments begin with {wanted!r}: give more digits")
    return [_part_of(each) for each in found]


def _place(names: Names, wanted: str) -> list[Part]:
    """`current` and `previous`, of each service in each environment."""
    if wanted not in ("current", "previous"):
        return []
    parts = []
    for place, found in names.seen.items():
        started = next(
            (each for each in names.started if (each.service, each.environment) == place and each.since_ns), None
        )
        newest = started.release if started else max(found, key=lambda each: each.run.until_ns).run.release
        if wanted == "current":
            own = [each for each in found if each.run.release == newest]
            parts.append(Part(place, own[-1].reported, newest, _windows(own[-1:])))
        elif started and started.previous is not None:
            own = [each for each in found if each.run.release == started.previous]
            if own:
                parts.append(Part(place, own[-1].reported, started.previous, _windows(own)))
    return parts


def _environment(names: Names, wanted: str) -> list[Part]:
    return [
        Part(place, None, None, _windows(found)) for place, found in names.seen.items() if place[1] == wanted and wanted
    ]


def _window(names: Names, wanted: str) -> list[Part]:
    since, dots, until = wanted.partition("..")
    if not dots:
        return []
    asked = Window(
        instant_ns(since, "the start of a window", now_ns=names.now_ns),
        instant_ns(until or "now", "the end of a window", now_ns=names.now_ns),
    )
    if asked.since_ns >= asked.until_ns:
        raise BadInput(f"the window {wanted!r} is empty: its start is not before its end")
    return [Part(place, None, None, (asked,)) for place in names.seen]


# In this order: what is named exactly goes before what is abbreviated.
_WAYS: dict[str, Callable[[Names, str], Sequence[Part]]] = {
    "window": _window,
    "place": _place,
    "version": _version,
    "environment": _environment,
    "revision": _revision,
    "deployment": _deployment,
    "branch": _branch,
}


def _part_of(started: Started) -> Part:
    window = Window(started.since_ns or 0, started.until_ns or 0)
    return Part((started.service, started.environment), started.reported, started.release, (window,))


def _windows(found: Sequence[Seen]) -> tuple[Window, ...]:
    return tuple(Window(each.run.since_ns, each.run.until_ns) for each in found)


def _shown(release: Release) -> str:
    return (
        f"{release.version} ({release.revision[:9]})"
        if release.version and release.revision
        else (release.version or release.revision[:9])
    )
