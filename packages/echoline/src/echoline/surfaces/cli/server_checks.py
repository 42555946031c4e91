"""What `doctor` makes of what a server says about itself."""

from collections.abc import Iterator, Mapping

from echoline.journal.status import ReceiveStatus
from echoline.model.answers import Health
from echoline.surfaces.cli.check import Check
from echoline.surfaces.cli.rendering import units
from echoline.surfaces.cli.rendering.health import by_reason

# Beyond this, answers are visibly old.
LATE_S = 10.0
# The head of a segment without a request.
LEAST_BYTES = 64


def of_the_server(health: Health) -> Iterator[Check]:
    """Stored, lag, refused, cut and quarantined data, and whatever the server itself complains about."""
    stored = health.stored
    counts = [
        units.several(stored.spans, "span"),
        units.several(stored.logs, "log record"),
        units.several(stored.metric_points, "metric point"),
    ]
    counts += [units.several(stored.profile_samples, "profile sample")] if stored.profile_samples else []
    yield Check("stored", "good", ", ".join(counts))
    is_late = health.lag_seconds > LATE_S
    yield Check("lag", "bad" if is_late else "good", f"{health.lag_seconds:.1f} s" if health.lag_seconds else "none")
    yield Check("decoding", "good" if health.decoding == "fast" else "bad", f"the {health.decoding} way")
    yield from _counted("refused", {**health.refused, **health.rejected}, "")
    yield from _counted("cut", health.cut, "echoline config show")
    if health.quarantined:
        words = f"{units.several(health.quarantined, 'request')} could not be decoded"
        yield Check("quarantine", "advice", words, "echoline quarantine list")
    for problem in health.problems:
        yield Check("problem", "bad", problem)


def _counted(name: str, counts: Mapping[str, int], mend: str) -> Iterator[Check]:
    if counts:
        yield Check(name, "advice", by_reason(counts), mend)
    else:
        yield Check(name, "good", "nothing")


def of_the_journal(status: ReceiveStatus) -> Iterator[Check]:
    """Size, duplicates and errors of the journal, as the receiving process wrote them last."""
    journal = status.journal
    requests = sum(journal.accepted_requests.values())
    duplicates = f", {units.several(journal.duplicates, 'duplicate')} left out" if journal.duplicates else ""
    waiting = units.size(journal.journal_bytes) if journal.journal_bytes >= LEAST_BYTES else "nothing"
    found = f"{waiting} to load, {units.several(requests, 'request')} taken{duplicates}"
    yield Check("journal", "bad" if journal.last_error else "good", found)
    if journal.last_error:
        yield Check("problem", "bad", f"the journal could not be written: {journal.last_error}")
