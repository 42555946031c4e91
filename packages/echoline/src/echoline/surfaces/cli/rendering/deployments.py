"""Deployments as a table, and releases in words."""

from collections.abc import Sequence

from rich.text import Text

from echoline.model.answers_deployments import Deployment, DeploymentTold
from echoline.model.deployments import Verdict
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import styles, units
from echoline.surfaces.cli.rendering.clock import ago, moment
from echoline.surfaces.cli.rendering.grid import Column, Grid

SHORT_REVISION = 9
_VERDICTS: dict[Verdict, tuple[str, str]] = {
    "worse": ("worse", styles.ERROR),
    "better": ("better", styles.GOOD),
    "unchanged": ("unchanged", ""),
    "unknown": ("too little traffic", styles.QUIET),
    "waiting": ("waiting for traffic", styles.QUIET),
    "first": ("first release", styles.QUIET),
    "announced": ("announced", styles.QUIET),
}


def deployments(items: Sequence[Deployment], now_ns: int) -> Grid[Deployment]:
    """One row per deployment."""
    return Grid(
        (
            Column("id", lambda row: Text(row.id[:8], style=styles.QUIET)),
            Column("first seen", lambda row: _ago(row.first_seen or row.announced, now_ns)),
            Column("service", lambda row: Text(row.service, style=styles.service(row.service)), wide=8),
            Column("environment", lambda row: row.environment, rank=4, hides_alike=True),
            Column("release", _release, wide=14),
            Column("before", _before, rank=3),
            Column("calls", lambda row: units.count(row.calls), rank=2, is_number=True),
            Column("last seen", lambda row: _ago(row.last_seen, now_ns), rank=5),
            Column("receipt", verdict),
        ),
        items,
    )


def release(version: str | None, revision: str | None) -> str:
    """A version and the beginning of a revision.

    >>> release("1.4.2", "2ac89889c1f4a1b2"), release("", "2ac89889c1f4a1b2"), release("", ""), release(None, None)
    ('1.4.2 (2ac89889c)', '2ac89889c', '(no version)', '')
    """
    if version is None and revision is None:
        return ""
    short = (revision or "")[:SHORT_REVISION]
    if version and short and version not in (revision, short):
        return f"{version} ({short})"
    return short or version or "(no version)"


def verdict(row: Deployment) -> Text:
    """What it did, and whether that may still change."""
    words, style = _VERDICTS[row.verdict]
    is_open = row.verdict in ("worse", "better", "unchanged") and not row.is_final
    return Text.assemble((words, style), (" so far" if is_open else "", styles.QUIET))


def told(answer: DeploymentTold, now_ns: int) -> Text:
    """What was noted, in words."""
    named = answer.revision if answer.version and answer.revision else release(answer.version, answer.revision)
    words = f"{answer.version} is revision {named}" if answer.version and answer.revision else f"release {named}"
    where = f" of {answer.service}"
    if answer.deployed:
        where += f", deployed to {answer.environment} at {moment(nanoseconds(answer.deployed), now_ns)}"
    return Text(f"{'Noted' if answer.is_new else 'Known already'}: {words}{where}.")


def _release(row: Deployment) -> Text:
    return Text.assemble(
        (release(row.version, row.revision), styles.HEAD), (" rollback" if row.is_rollback else "", styles.WARN)
    )


def _before(row: Deployment) -> Text:
    return Text(release(row.previous_version, row.previous_revision), style=styles.QUIET)


def _ago(instant: str | None, now_ns: int) -> str:
    # The minute in which it was seen last may not be over.
    return ago(min(nanoseconds(instant), now_ns), now_ns) if instant else "-"
