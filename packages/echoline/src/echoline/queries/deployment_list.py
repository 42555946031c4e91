"""Deployments as answers: what telemetry tells now, joined with what was kept of earlier times and its receipts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.model.answers import Page
from echoline.model.answers_deployments import Deployment
from echoline.model.deployments import Started, Told
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.cursors import Cursor, decode, fingerprint
from echoline.queries.deployments import deployments
from echoline.queries.pages import newest, page
from echoline.queries.readiness_points import telling
from echoline.state.deployments import Kept

LEAST_ID = 4
"""Digits that an abbreviated id has at least."""


@dataclass(frozen=True)
class Known:
    """What is known beside the telemetry."""

    told: Sequence[Told] = ()
    kept: Sequence[Kept] = ()


def listed(
    store: Store,
    window: Window,
    known: Known,
    *,
    service: str = "",
    environment: str = "",
    limit: int = 100,
    cursor: str | None = None,
) -> Page[Deployment]:
    """Deployments of the window, newest first. Raises BadInput for a damaged cursor."""
    question = fingerprint("deployments", service, environment)
    at = decode(cursor, question, (int, str)) if cursor else Cursor(window, ())
    found = [
        each
        for each in all_of(store, at.window, known, service=service, environment=environment)
        if not at.after or _place(each) < at.after
    ]
    rows = [{"kept": each} for each in found[: limit + 1]]
    return page(
        rows,
        limit,
        lambda row: shown(row["kept"]),
        place=lambda row: _place(row["kept"]),
        question=question,
        window=at.window,
        newest=lambda: newest(store, "traces", service, environment),
    )


def all_of(store: Store, window: Window, known: Known, *, service: str = "", environment: str = "") -> list[Kept]:
    """All of the window, newest first, each with its receipt if it has one.

    One that was kept before keeps its id, whatever late spans or a revision told afterwards changed; those of which no
    telemetry is left are as they were kept.
    """
    seen = deployments(store, window, service=service, environment=environment, told=known.told)
    left = {each.started.id: each for each in known.kept if _is_asked(each.started, window, service, environment)}
    found = []
    for started in seen:
        same = next((each for each in left.values() if _is_same(started, each.started)), None)
        if same:
            del left[same.started.id]
        found.append(_joined(started, same))
    return sorted((*found, *left.values()), key=_place, reverse=True)


def one(store: Store, window: Window, known: Known, deployment_id: str) -> Kept:
    """The deployment whose id begins so. Raises BadInput (not_found) for none, and for several."""
    wanted = deployment_id.lower()
    found = [each for each in all_of(store, window, known) if each.started.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if len(found) > 1 and len(wanted) >= LEAST_ID:
        raise BadInput(f"{len(found)} deployments begin with {deployment_id!r}: give more digits")
    raise BadInput(f"no deployment {deployment_id!r}; `echoline deployments` lists what there is", reason="not_found")


def shown(kept: Kept) -> Deployment:
    """As the surfaces answer it."""
    each = kept.started
    return Deployment(
        id=each.id,
        service=each.service,
        environment=each.environment,
        version=each.release.version,
        revision=each.release.revision,
        previous_version=each.previous.version if each.previous else None,
        previous_revision=each.previous.revision if each.previous else None,
        is_rollback=each.is_rollback,
        announced=_instant(each.announced_ns),
        first_seen=_instant(each.since_ns),
        last_seen=_instant(each.until_ns),
        overlap_until=_instant(each.overlap_until_ns),
        calls=each.calls,
        verdict=kept.verdict,
        is_final=kept.is_final,
    )


def _joined(started: Started, same: Kept | None) -> Kept:
    if same:
        started = replace(started, id=same.started.id, previous=started.previous or same.started.previous)
        if same.receipt or same.is_final:
            return replace(same, started=started)
    if started.since_ns is None:
        return Kept(started, "announced")
    # Data without version is something to be compared with.
    return Kept(started, "waiting" if started.previous else "first")


def _is_same(seen: Started, kept: Started) -> bool:
    """Whether they are one deployment: the same release of a service at about the same time."""
    if (seen.service, seen.environment) != (kept.service, kept.environment) or seen.since_ns is None:
        return False
    is_release = seen.release == kept.release or bool(seen.reported & kept.reported)
    return is_release and seen.since_ns < (kept.until_ns or 0) and (kept.since_ns or 0) < (seen.until_ns or 0)


def _is_asked(each: Started, window: Window, service: str, environment: str) -> bool:
    is_place = service in ("", each.service) and environment in ("", each.environment)
    return is_place and window.since_ns <= (each.since_ns or 0) < window.until_ns


def _place(kept: Kept) -> tuple[int, str]:
    return (kept.started.since_ns or kept.started.announced_ns or 0, kept.started.id)


def _instant(time_ns: int | None) -> str | None:
    return None if time_ns is None else rfc3339(time_ns)


def advice(each: Started) -> str:
    """The line that would make more of it known; empty when nothing is missing."""
    if each.release.revision or not each.release.version:
        return ""
    return (
        "version changed, revision unknown: no suspects. Run `echoline stamp` where it is built, "
        "or tell it afterwards: "
        f"{telling(each.service, each.release.version)}"
    )
