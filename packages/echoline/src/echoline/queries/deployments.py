"""Deployments: which releases started where and when, what ran before, and what was told of them."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from echoline.kinds import Store
from echoline.model.deployments import Release, Run, Started, Told
from echoline.model.ids import identity
from echoline.model.window import Window
from echoline.queries.operation_rollups import HOUR_NS, OperationFilter
from echoline.queries.releases import PAUSE_NS, known_before, runs
from echoline.queries.windows import aligned_to

Place = tuple[str, str]
"""A service and an environment."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A run of a release by its name, with what telemetry reports in its place."""

    run: Run
    reported: frozenset[Release]


def deployments(
    store: Store, window: Window, *, service: str = "", environment: str = "", told: Sequence[Told] = ()
) -> list[Started]:
    """All that started in the window by what telemetry and people tell, newest first.

    A service's first release counts too, data without version and revision does not. Two releases may run side by
    side; one that comes back after a pause in which another ran is a rollback. What was announced and not seen yet
    has no `since_ns`. The window is widened to whole hours.
    """
    window = aligned_to(window, HOUR_NS)
    wanted = OperationFilter(service=service, environment=environment)
    older = {(each[:2], each[2]) for each in known_before(store, window.since_ns, wanted)}
    places = seen(store, window, service=service, environment=environment, told=told)
    found = [each for place, at_place in places.items() for each in _started(place, at_place, window, older)]
    return _with_announced(found, _of(told, service, environment), window)


def seen(
    store: Store, window: Window, *, service: str = "", environment: str = "", told: Sequence[Told] = ()
) -> dict[Place, list[Seen]]:
    """The releases that ran in the window, by service and environment, in order of time.

    The window is widened to whole hours.
    """
    wanted = OperationFilter(service=service, environment=environment)
    said = _of(told, service, environment)
    found = _by_place(runs(store, aligned_to(window, HOUR_NS), wanted))
    return {place: _joined(at_place, _names(place, said, at_place)) for place, at_place in found.items()}


def _of(told: Sequence[Told], service: str, environment: str) -> list[Told]:
    return [
        each
        for each in told
        if service in ("", each.service) and (not environment or each.environment in ("", environment))
    ]


def _by_place(found: Iterable[Run]) -> dict[Place, list[Run]]:
    places: dict[Place, list[Run]] = {}
    for run in found:
        places.setdefault((run.service, run.environment), []).append(run)
    return places


def _names(place: Place, told: Iterable[Told], seen: Iterable[Run]) -> Mapping[Release, Release]:
    """What each release is called: by the revision that was told of its version, or that it had at other times."""
    revisions: dict[str, str] = {}
    of_version: dict[str, set[str]] = {}
    for run in seen:
        if run.release.version and run.release.revision:
            of_version.setdefault(run.release.version, set()).add(run.release.revision)
    revisions |= {version: next(iter(found)) for version, found in of_version.items() if len(found) == 1}
    # What was told of this environment goes before what was told of all.
    for each in sorted(told, key=lambda each: (bool(each.environment), each.told_ns)):
        if each.service == place[0] and each.environment in ("", place[1]) and each.version and each.revision:
            revisions[each.version] = each.revision
    named = {run.release for run in seen}
    return {
        release: release if release.revision else Release(release.version, revisions.get(release.version, ""))
        for release in named
    }


def _joined(found: Sequence[Run], names: Mapping[Release, Release]) -> list[Seen]:
    """Runs by their release's name, each with what was reported; a pause in which nothing else ran is none."""
    by_name: dict[Release, list[Run]] = {}
    for run in found:
        by_name.setdefault(names[run.release], []).append(run)
    joined: list[Seen] = []
    for name, own in by_name.items():
        reported = frozenset(release for release in names if names[release] == name)
        others = [run for run in found if names[run.release] != name]
        current = replace(own[0], release=name)
        for run in own[1:]:
            if run.since_ns - current.until_ns >= PAUSE_NS and _any_within(others, current.until_ns, run.since_ns):
                joined.append(Seen(current, reported))
                current = replace(run, release=name)
            else:
                until_ns = max(current.until_ns, run.until_ns)
                current = replace(current, until_ns=until_ns, calls=current.calls + run.calls)
        joined.append(Seen(current, reported))
    return sorted(joined, key=lambda each: (each.run.since_ns, each.run.release))


def _any_within(others: Iterable[Run], since_ns: int, until_ns: int) -> bool:
    return any(run.since_ns < until_ns and run.until_ns > since_ns for run in others)


def _started(
    place: Place, found: Sequence[Seen], window: Window, older: Set[tuple[Place, Release]]
) -> Iterable[Started]:
    times_seen: dict[Release, int] = {}
    for at, each in enumerate(found):
        run = each.run
        times = times_seen[run.release] = times_seen.get(run.release, 0) + 1
        was_there = any((place, release) in older for release in each.reported)
        goes_on = run.since_ns - window.since_ns < PAUSE_NS and was_there
        if not run.release.is_named or goes_on:
            continue
        before = _previous(run, found[:at])
        yield Started(
            id=identity("deployment", *place, run.release.version, run.release.revision, f"{run.since_ns}"),
            service=run.service,
            environment=run.environment,
            release=run.release,
            reported=each.reported,
            previous=before.run.release if before else None,
            previous_reported=before.reported if before else frozenset(),
            is_rollback=times > 1 or was_there,
            since_ns=run.since_ns,
            until_ns=run.until_ns,
            overlap_until_ns=before.run.until_ns if before and before.run.until_ns > run.since_ns else None,
            calls=run.calls,
        )


def _previous(run: Run, earlier: Sequence[Seen]) -> Seen | None:
    """What ran last before it."""
    others = [each for each in earlier if each.run.release != run.release and each.run.since_ns < run.since_ns]
    return max(others, key=lambda each: (min(each.run.until_ns, run.since_ns), each.run.since_ns), default=None)


def _with_announced(found: list[Started], told: Iterable[Told], window: Window) -> list[Started]:
    """Announcements go to the deployment that they announced; those of none stand by themselves."""
    announced = [each for each in told if each.deployed_ns is not None]
    for each in announced:
        at_ns = each.deployed_ns or 0
        own = [place for place, started in enumerate(found) if _is_of(each, started)]
        # The one that was seen nearest to the announcement, which may come before the first call or behind it.
        nearest = min(own, key=lambda place: abs((found[place].since_ns or 0) - at_ns), default=None)
        if nearest is not None:
            found[nearest] = replace(found[nearest], announced_ns=at_ns)
        elif window.since_ns <= at_ns < window.until_ns:
            found.append(_unseen(each, at_ns, found))
    return sorted(found, key=lambda each: (_time_ns(each), each.id), reverse=True)


def _is_of(each: Told, started: Started) -> bool:
    if (each.service, each.environment) != (started.service, started.environment):
        return False
    release = started.release
    return each.version in ("", release.version) and each.revision in ("", release.revision)


def _unseen(each: Told, at_ns: int, found: Sequence[Started]) -> Started:
    before = [one for one in found if (one.service, one.environment) == (each.service, each.environment)]
    latest = max((one for one in before if _time_ns(one) <= at_ns), key=_time_ns, default=None)
    return Started(
        id=identity("deployment", each.service, each.environment, each.version, each.revision, f"{at_ns}"),
        service=each.service,
        environment=each.environment,
        release=Release(each.version, each.revision),
        reported=frozenset(),
        previous=latest.release if latest else None,
        previous_reported=latest.reported if latest else frozenset(),
        announced_ns=at_ns,
    )


def _time_ns(each: Started) -> int:
    return each.since_ns or each.announced_ns or 0
