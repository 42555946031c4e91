"""Revisions: the commits of the configured repositories, and the deployments that each of them came with."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from echoline.errors import BadInput, EcholineError
from echoline.kinds import Store
from echoline.model.answers import Page
from echoline.model.answers_revisions import Arrival, Revision
from echoline.model.deployments import Started
from echoline.model.instants import Instant, rfc3339
from echoline.model.revisions import Commit
from echoline.model.window import Window
from echoline.queries import deployment_list
from echoline.queries.cursors import Cursor, Value, decode, fingerprint
from echoline.queries.deployment_list import Known
from echoline.queries.pages import newest, page
from echoline.source.commits import Commits, Snapshot
from echoline.source.library import Library
from echoline.source.resolving import resolve

# Each costs a call of git the first time.
_MOST_RANGES = 500


@dataclass(frozen=True)
class RevisionFilter:
    """Which revisions; empty fields take all."""

    service: str = ""
    environment: str = ""
    revision: str = ""


@dataclass(frozen=True)
class _Place:
    """Where a revision stands in the list. Instants are texts of one length, so they sort as they are."""

    time: Instant
    id: str
    repository: str = ""
    commit: Commit | None = None


@dataclass
class _Arrivals:
    """Deployments by the commits that they brought, and by the revisions that no repository knows."""

    of_commits: dict[tuple[str, str], list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    of_strangers: dict[str, list[Arrival]] = field(default_factory=lambda: defaultdict(list))


def revisions(
    store: Store,
    window: Window,
    wanted: RevisionFilter,
    known: Known,
    library: Library,
    *,
    limit: int = 100,
    cursor: str | None = None,
) -> Page[Revision]:
    """Commits made or deployed in the window, newest first, none before its child; and what only telemetry tells.

    Of a service that has sent nothing there are none. A repository that cannot be read is passed over. Raises BadInput
    for a damaged cursor, and, with the nearest names, for a revision that nobody knows.
    """
    question = fingerprint("revisions", wanted)
    at = decode(cursor, question, (str, str)) if cursor else Cursor(window, ())
    named = {"service": wanted.service, "environment": wanted.environment}
    started = [each.started for each in deployment_list.all_of(store, at.window, known, **named)]
    is_known = not wanted.service or bool(started) or newest(store, "traces", wanted.service) is not None
    read = _read(library, wanted.service) if is_known else {}
    arrivals = _arrivals(started, read, library)
    places = list(heapq.merge(*_sequences(read, arrivals, at.window), key=lambda each: each.time, reverse=True))
    if wanted.revision:
        places = _named(places, wanted.revision, read)
    rows = [{"place": each} for each in _behind(places, at.after)[: limit + 1]]
    return page(
        rows,
        limit,
        lambda row: _shown(row["place"], arrivals, read),
        place=lambda row: (row["place"].time, row["place"].id),
        question=question,
        window=at.window,
        newest=lambda: newest(store, "traces", **named),
    )


def _read(library: Library, service: str) -> dict[str, tuple[Commits, Snapshot]]:
    """The repositories that can be read, of one service or of all."""
    names = filter(None, (library.repository_of(service),)) if service else library.names
    found = {}
    for name in names:
        try:
            commits = library.commits(name)
            found[name] = (commits, commits.now())
        except EcholineError:  # `echoline repositories` says why
            continue
    return found


def _arrivals(started: Iterable[Started], read: Mapping[str, tuple[Commits, Snapshot]], library: Library) -> _Arrivals:
    arrivals, ranges = _Arrivals(), set[tuple[str, str]]()
    for each in started:
        name = library.repository_of(each.service) or ""
        commits, at = read.get(name, (None, None))
        head = at.built(each.release.version, each.release.revision) if at else None
        if commits is None or at is None or head is None:
            if each.release.revision:
                arrivals.of_strangers[each.release.revision].append(_arrival(each, is_built_from=True))
            continue
        arrivals.of_commits[name, head].append(_arrival(each, is_built_from=True))
        old = at.built(each.previous.version, each.previous.revision) if each.previous else None
        if old and ((old, head) in ranges or len(ranges) < _MOST_RANGES):
            ranges.add((old, head))
            for commit in commits.between(old, head) - {head}:
                arrivals.of_commits[name, commit].append(_arrival(each, is_built_from=False))
    return arrivals


def _arrival(each: Started, *, is_built_from: bool) -> Arrival:
    return Arrival(
        deployment=each.id,
        service=each.service,
        environment=each.environment,
        version=each.release.version,
        revision=each.release.revision,
        first_seen=None if each.since_ns is None else rfc3339(each.since_ns),
        is_built_from=is_built_from,
    )


def _sequences(
    read: Mapping[str, tuple[Commits, Snapshot]], arrivals: _Arrivals, window: Window
) -> Iterator[list[_Place]]:
    since, until = rfc3339(window.since_ns), rfc3339(window.until_ns)
    for name, (_, snapshot) in read.items():
        yield [
            _Place(each.committed, each.id, name, each)
            for each in snapshot.history.commits
            if since <= each.committed < until or (name, each.id) in arrivals.of_commits
        ]
    strangers = (
        _Place(min((each.first_seen or "" for each in found), default=""), revision)
        for revision, found in arrivals.of_strangers.items()
    )
    yield sorted(strangers, key=lambda each: (each.time, each.id), reverse=True)


def _named(places: Sequence[_Place], text: str, read: Mapping[str, tuple[Commits, Snapshot]]) -> list[_Place]:
    """Those that are meant. Raises BadInput with the nearest names for none."""
    wanted, complaints = set[tuple[str, str]](), []
    for name, (commits, _) in read.items():
        try:
            wanted.add((name, resolve(commits.git, text)))
        except BadInput as error:
            complaints.append(str(error))
    found = [
        each
        for each in places
        if (each.repository, each.id) in wanted or (not each.repository and each.id.startswith(text))
    ]
    if not found:
        said = "; ".join(complaints) or f"no service has told of a revision {text!r}, and no repository is there to ask"
        raise BadInput(said, reason="not_found")
    return found


def _behind(places: Sequence[_Place], after: tuple[Value, ...]) -> Sequence[_Place]:
    """What follows a place; by its time when a rewritten history has it no longer."""
    if not after:
        return places
    time, last = after
    at = next((number for number, each in enumerate(places) if each.id == last and each.time == time), None)
    return places[at + 1 :] if at is not None else [each for each in places if each.time < str(time)]


def _shown(place: _Place, arrivals: _Arrivals, read: Mapping[str, tuple[Commits, Snapshot]]) -> Revision:
    commit = place.commit
    if commit is None:
        return Revision(place.id, "", "", "", None, False, (), tuple(arrivals.of_strangers[place.id]))
    return Revision(
        id=commit.id,
        repository=place.repository,
        subject=commit.subject,
        author=commit.author,
        committed=commit.committed,
        is_merge=commit.is_merge,
        tags=read[place.repository][1].tags_of.get(commit.id, ()),
        deployments=tuple(arrivals.of_commits.get((place.repository, commit.id), ())),
    )
