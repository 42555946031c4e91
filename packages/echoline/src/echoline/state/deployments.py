"""Keeps what was told of releases, and every deployment that was seen with its receipt."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import Column, Integer, MetaData, String, Table, delete, select
from sqlalchemy.dialects.sqlite import insert

from echoline.errors import BadInput
from echoline.model.answers_deployments import Receipt
from echoline.model.deployments import Started, Told, Verdict
from echoline.state.database import Database

_META = MetaData()
_TOLD = Table(
    "releases_told",
    _META,
    *(Column(name, String, primary_key=True) for name in ("service", "environment", "version", "revision")),
    Column("told_ns", Integer),
    Column("deployed_ns", Integer),
)
_DEPLOYMENTS = Table(
    "deployments",
    _META,
    Column("id", String, primary_key=True),
    Column("service", String),
    Column("environment", String),
    Column("since_ns", Integer),
    Column("until_ns", Integer),
    Column("deployment", String),
    Column("verdict", String),
    Column("is_final", Integer),
    Column("receipt", String),
    Column("updated_ns", Integer),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A deployment as it was kept last."""

    started: Started
    verdict: Verdict = "waiting"
    is_final: bool = False
    receipt: Receipt | None = None


class Deployments:
    """The deployments of one data directory."""

    def __init__(self, database: Database, clock: Callable[[], int] = time.time_ns) -> None:
        """`clock` gives nanoseconds since 1970."""
        self._database, self._clock = database, clock

    def tell(
        self, service: str, *, environment: str = "", version: str = "", revision: str = "",
        is_deployed: bool = False, deployed_ns: int | None = None,
    ) -> tuple[Told, bool]:  # fmt: skip
        """Notes it, and whether it is news: the same told again changes nothing.

        A version has one revision in an environment: another one takes its place. Raises BadInput when neither a
        version nor a revision is given, or nothing is told of it.
        """
        if not (version or revision):
            raise BadInput("a deployment needs a version or a revision", reason="bad_release")
        if not is_deployed and not (version and revision):
            raise BadInput(
                "give version and revision to say that they are the same, or an environment to say that it is deployed",
                reason="bad_release",
            )
        now_ns = self._clock()
        key = {"service": service, "environment": environment, "version": version, "revision": revision}
        when_ns = (now_ns if deployed_ns is None else deployed_ns) if is_deployed else None
        told = Told(**key, told_ns=now_ns, deployed_ns=when_ns)
        with self._database.transaction() as connection:
            known = connection.execute(select(_TOLD).filter_by(**key)).one_or_none()
            before = _told(known) if known else None
            if before and (not is_deployed or before.deployed_ns is not None):
                if deployed_ns is None or deployed_ns == before.deployed_ns:
                    return before, False
                told = replace(before, deployed_ns=deployed_ns)
            if version and revision:
                same = (_TOLD.c.service == service) & (_TOLD.c.environment == environment)
                named = (_TOLD.c.version == version) & (_TOLD.c.revision != "")
                connection.execute(delete(_TOLD).where(same & named))
            row = {name: getattr(told, name) for name in Told.__dataclass_fields__}
            connection.execute(insert(_TOLD).values(row).on_conflict_do_update(index_elements=list(key), set_=row))
        return told, True

    def told(self) -> list[Told]:
        """Everything that was told, oldest first."""
        with self._database.transaction() as connection:
            found = connection.execute(select(_TOLD).order_by(_TOLD.c.told_ns)).all()
        return [_told(row) for row in found]

    def keep(self, kept: Iterable[Kept]) -> None:
        """Notes deployments that were seen, or what became of them. A final receipt is never replaced."""
        now_ns = self._clock()
        with self._database.transaction() as connection:
            for each in kept:
                row = _row(each, now_ns)
                statement = insert(_DEPLOYMENTS).values(row)
                only = _DEPLOYMENTS.c.is_final == 0
                connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row, where=only))

    def kept(self, *, service: str = "", environment: str = "", since_ns: int = 0) -> list[Kept]:
        """Deployments that were last seen at that time or later, newest first."""
        table = _DEPLOYMENTS
        query = select(table).where(table.c.until_ns >= since_ns).order_by(table.c.since_ns.desc(), table.c.id)
        named = {"service": service, "environment": environment}
        query = query.filter_by(**{name: value for name, value in named.items() if value})
        with self._database.transaction() as connection:
            found: Sequence[object] = connection.execute(query).all()
        return [_kept(row) for row in found]


def _told(row: object) -> Told:
    return Told(**{name: getattr(row, name) for name in Told.__dataclass_fields__})


def _row(each: Kept, now_ns: int) -> dict[str, object]:
    started = each.started
    return {
        "id": started.id,
        "service": started.service,
        "environment": started.environment,
        "since_ns": started.since_ns or 0,
        "until_ns": started.until_ns or 0,
        "deployment": msgspec.json.encode(started).decode(),
        "verdict": each.verdict,
        "is_final": int(each.is_final),
        "receipt": msgspec.json.encode(each.receipt).decode() if each.receipt else None,
        "updated_ns": now_ns,
    }


def _kept(row: object) -> Kept:
    started = msgspec.json.decode(row.deployment, type=Started)  # type: ignore[attr-defined]
    receipt = msgspec.json.decode(row.receipt, type=Receipt) if row.receipt else None  # type: ignore[attr-defined]
    return Kept(started, row.verdict, bool(row.is_final), receipt)  # type: ignore[attr-defined]
