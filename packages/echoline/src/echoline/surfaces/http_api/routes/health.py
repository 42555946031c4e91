"""How Echoline is, what senders tell about themselves, and whether everything received can be asked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from echoline.kinds import Store
from echoline.model.answers import Health, Page, Stored
from echoline.model.answers_admin import Flushed
from echoline.model.answers_doctor import ReadinessCard
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.own_points import own_points
from echoline.queries.readiness import readiness
from echoline.queries.refusals import refusals
from echoline.surfaces.http_api import parameters
from echoline.surfaces.http_api.access import AskingOf, PartsOf
from echoline.surfaces.http_api.parts import Parts
from echoline.surfaces.http_api.routes import router

routes = router("health", "read")

# Older than this its status says that the receiving process does not run.
_SILENT_NS = 10 * 10**9
_LATE_S = 30.0


@routes.get("/health", response_model=Health)
async def show_health(request: Request, asking: AskingOf, parts: PartsOf) -> Response:
    """What is stored, refused and waiting."""
    return await asking.answer(request, lambda store: health(parts, store))


def health(parts: Parts, store: Store) -> Health:
    """Raises Unavailable when the engine is away."""
    status: dict[str, Any] = parts.engine.operate("status", timeout_s=10.0)
    counted, loading = refusals(store), status["loading"]
    problems = tuple(_problems(parts, status))
    return Health(
        status="degraded" if problems else "ok",
        version=parts.version,
        stored=_stored(store, status),
        rejected=counted.rejected,
        cut=counted.cut,
        refused=_refused(parts),
        quarantined=status["quarantined"],
        lag_seconds=loading["lag_seconds"],
        problems=problems,
        decoding="slow" if status.get("slow_decoding") else "fast",
    )


def _stored(store: Store, status: Mapping[str, Any]) -> Stored:
    """Without the points that we send ourselves."""
    rows = dict(status["stored"])
    rows["metric_points"] -= own_points(store)
    return Stored(**rows)


def _refused(parts: Parts) -> dict[str, int]:
    receiving = parts.receive_status()
    if receiving is None:
        return {}
    counts = {**receiving.refused}
    for reason, requests in receiving.journal.refused.items():
        counts.setdefault(reason, requests)
    return {reason: requests for reason, requests in counts.items() if requests}


def _problems(parts: Parts, status: dict[str, Any]) -> list[str]:
    loading, receiving = status["loading"], parts.receive_status()
    found = []
    if loading["error"]:
        found.append(f"loading stands still: {loading['error']}")
    elif loading["lag_seconds"] > _LATE_S:
        found.append(f"loading is {loading['lag_seconds']:.0f} s behind; it may need more CPU than it gets")
    if status.get("slow_decoding"):
        found.append(f"requests are decoded the slow way, install the pinned ptars: {status['slow_decoding']}")
    if status.get("damaged"):
        found.append(f"the disk failed, these parts are not whole: {', '.join(status['damaged'])}; restore a backup")
    if status.get("upkeep_error"):
        found.append(f"expired data could not be dropped: {status['upkeep_error']}")
    if receiving is not None and receiving.journal.last_error:
        found.append(f"the journal could not be written: {receiving.journal.last_error}")
    if receiving is not None and parts.clock() - receiving.written_ns > _SILENT_NS:
        found.append("nothing is received: the receiving process does not run; `echoline up` runs all of it")
    return found


def window_and_ahead(parts: PartsOf, since: parameters.Since = None, until: parameters.Until = None) -> Window:
    """The window asked for; one that ends now has what lies in the future too, so that a wrong clock is seen."""
    asked = parameters.window_of(parts, since, until)
    return asked if until else replace(asked, until_ns=asked.until_ns + parts.settings.limits.max_ahead_s * 10**9)


@routes.get("/readiness", response_model=Page[ReadinessCard])
async def list_readiness(
    request: Request,
    asking: AskingOf,
    parts: PartsOf,
    window: Annotated[Window, Depends(window_and_ahead)],
) -> Response:
    """A card for each sending service: what it does not tell, and the line that mends it."""

    def question(store: Store) -> Page[ReadinessCard]:
        cards = readiness(store, window, parts.clock(), parts.deployments.told())
        return Page(cards, None, rfc3339(window.since_ns), rfc3339(window.until_ns))

    return await asking.answer(request, question)


@routes.post("/flush", response_model=Flushed)
async def flush(request: Request, asking: AskingOf, parts: PartsOf) -> Response:
    """Returns when everything that was acknowledged before can be asked, within a minute."""

    def question(_: Store) -> Flushed:
        loading: dict[str, Any] = parts.engine.operate("flush", timeout_s=90.0)
        return Flushed(
            is_complete=loading["lag_seconds"] == 0 and not loading["error"],
            lag_seconds=loading["lag_seconds"],
            problem=loading["error"],
        )

    return await asking.answer(request, question)
