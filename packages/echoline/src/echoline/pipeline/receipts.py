"""The receipts loop: notes every deployment that is seen, and what each of them did, until that is final."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from echoline.kinds import Store
from echoline.model.window import Window
from echoline.queries.comparing.receipts import ENOUGH_NS, LATE_NS, TIME_OUT_NS, receipt
from echoline.queries.deployment_list import Known, all_of
from echoline.queries.deployments import Place, Seen, seen
from echoline.state.deployments import Deployments, Kept

EVERY_S = 15.0
# Older ones are final; what was imported from earlier times is noted on the way.
_LOOK_BACK_NS = 2 * TIME_OUT_NS
# A new deployment can wait for the next round; the engine has other questions to answer.
_MOST_A_ROUND = 5


class Receipts:
    """Keeps the deployments of one store; `error` tells why the last round failed."""

    def __init__(self, store: Store, deployments: Deployments, clock: Callable[[], int] = time.time_ns) -> None:
        self._store, self._deployments, self._clock = store, deployments, clock
        self.error: str | None = None

    def run(self, stop: threading.Event) -> None:
        """Until it is told to stop; a failed round is tried again at the next one."""
        while not stop.wait(EVERY_S):
            try:
                self.once()
                self.error = None
            except Exception as error:  # noqa: BLE001 (the next round may find the engine again)
                self.error = f"{type(error).__name__}: {error}"

    def once(self) -> None:
        """One round: notes what is new, and judges those that had more calls since, or whose time is over."""
        now_ns = self._clock()
        window = Window(now_ns - _LOOK_BACK_NS, now_ns + LATE_NS)
        told, before = self._deployments.told(), self._deployments.kept(since_ns=window.since_ns)
        found = all_of(self._store, window, Known(told, before))
        releases = seen(self._store, window, told=told)
        self._deployments.keep(judged(self._store, found, before, releases, now_ns))


def judged(
    store: Store, found: Sequence[Kept], before: Sequence[Kept], releases: Mapping[Place, Sequence[Seen]], now_ns: int
) -> Iterator[Kept]:
    """Those that have to be noted anew, newest first; a round judges some of them, and leaves the rest to the next."""
    known, left = {each.started.id: each for each in before}, _MOST_A_ROUND
    latest: dict[Place, int] = {}
    for each in found:
        started, last = each.started, known.get(each.started.id)
        place = (started.service, started.environment)
        newest_ns = latest.setdefault(place, started.since_ns or 0)
        if each.is_final or started.since_ns is None or (last and not is_due(each, last, now_ns)):
            continue
        is_over = newest_ns > started.since_ns and now_ns - (started.until_ns or 0) > LATE_NS
        made = receipt(store, started, releases, now_ns=now_ns, is_over=is_over) if left else None
        left -= made is not None
        if made:
            yield Kept(started, made.verdict, made.is_final, made)
        elif last is None or started != last.started:
            yield each


def is_due(each: Kept, last: Kept, now_ns: int) -> bool:
    """Whether there is more to judge than the last time: other calls, no receipt yet, or a time that is over."""
    if each.started.previous is None:
        return each.started != last.started
    ends_ns = (each.started.since_ns or 0) + ENOUGH_NS + LATE_NS
    return each.started.calls != last.started.calls or last.receipt is None or now_ns >= ends_ns
