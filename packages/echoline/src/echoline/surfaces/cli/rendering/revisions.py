"""Revisions as a table: what was committed, and which deployments it came with."""

from collections.abc import Sequence

from rich.text import Text

from echoline.model.answers_revisions import Arrival, Revision
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import styles
from echoline.surfaces.cli.rendering.clock import ago
from echoline.surfaces.cli.rendering.deployments import SHORT_REVISION, release
from echoline.surfaces.cli.rendering.grid import Column, Grid

_MOST_SHOWN = 2


def revisions(items: Sequence[Revision], now_ns: int) -> Grid[Revision]:
    """One row per revision."""
    return Grid(
        (
            Column("revision", lambda row: Text(row.id[:SHORT_REVISION], style=styles.HEAD)),
            Column("committed", lambda row: ago(nanoseconds(row.committed), now_ns) if row.committed else "–"),
            Column("repository", lambda row: row.repository or "–", rank=4, hides_alike=True),
            Column("author", lambda row: row.author, rank=3),
            Column("subject", _subject, wide=20),
            Column("tags", lambda row: ", ".join(row.tags), rank=2),
            Column("deployed", lambda row: _arrivals(row, now_ns, is_built_from=True), wide=12),
            Column("came with", lambda row: _arrivals(row, now_ns, is_built_from=False), rank=1),
        ),
        items,
    )


def _subject(row: Revision) -> Text:
    if not row.repository:
        return Text("no repository knows it", style=styles.QUIET)
    return Text.assemble(("merge ", styles.QUIET) if row.is_merge else "", row.subject)


def _arrivals(row: Revision, now_ns: int, *, is_built_from: bool) -> str:
    """The oldest first: it came with those."""
    found = [each for each in reversed(row.deployments) if each.is_built_from == is_built_from]
    words = [_words(each, now_ns) for each in found[:_MOST_SHOWN]]
    more = [f"+{len(found) - _MOST_SHOWN}"] if len(found) > _MOST_SHOWN else []
    return ", ".join([*words, *more])


def _words(each: Arrival, now_ns: int) -> str:
    where = " ".join(filter(None, (each.service, each.environment)))
    if not each.is_built_from:
        return f"{release(each.version, each.revision)} of {where}"
    # The minute in which it was seen first may not be over.
    when = ago(min(nanoseconds(each.first_seen), now_ns), now_ns) if each.first_seen else "announced"
    return f"{where} {when}"
