"""Brings the tables of a store to the version of this program, one numbered SQL file after the other."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Protocol

from echoline.errors import BadConfig
from echoline.kinds import Param

_LEDGER = """
CREATE TABLE IF NOT EXISTS migrations (
    number UInt32, name String, checksum String, applied DateTime('UTC')
) ENGINE = MergeTree ORDER BY number
"""
_TOKEN = re.compile(
    r"""
    (?P<text>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)  # strings and quoted names stay as they are
    | (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<end>;)
    | (?P<rest>[^'"`;/-]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Database(Protocol):
    """What migrating needs of an engine."""

    def execute(self, sql: str, params: dict[str, Param] | None = None) -> None: ...

    def rows(self, sql: str) -> list[dict[str, object]]: ...


@dataclass(frozen=True)
class Migration:
    """One numbered file of `schema/`: `0001_tables.sql`."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Of the statements: changing a comment or a line break changes nothing."""
        return hashlib.sha256("\0".join(" ".join(each.split()) for each in statements(self.sql)).encode()).hexdigest()


def statements(sql: str) -> list[str]:
    """The statements of a file, without comments; a semicolon or two dashes inside a string are part of the string."""
    found = [""]
    for match in _TOKEN.finditer(sql):
        if match.lastgroup == "end":
            found.append("")
        elif match.lastgroup == "comment":
            found[-1] += " "
        else:
            found[-1] += match[0]
    return [each.strip() for each in found if each.strip()]


def shipped() -> tuple[Migration, ...]:
    """The migrations of this program, in order."""
    folder = files("echoline.stores") / "schema"
    found = [
        Migration(int(file.name[:4]), file.name.removesuffix(".sql"), file.read_text("utf-8"))
        for file in folder.iterdir()
        if re.fullmatch(r"\d{4}_\w+\.sql", file.name)
    ]
    return tuple(sorted(found, key=lambda each: each.number))


def migrate(database: Database, known: Sequence[Migration], *, exists: bool) -> list[int]:
    """Applies what is missing; `exists` says whether there is a ledger already. Numbers of what was applied.

    A migration is recorded after its last statement, so every statement must bear a second run (IF NOT EXISTS): a
    process killed in between starts the file again.

    Raises BadConfig, with nothing touched, for a store of a newer program or with other content under a known number.
    """
    applied = check_version(database.rows("SELECT number, checksum FROM migrations"), known) if exists else set()
    if not exists:
        database.execute(_LEDGER)
    missing = [each for each in known if each.number not in applied]
    for each in missing:
        for statement in statements(each.sql):
            database.execute(statement)
        database.execute(
            "INSERT INTO migrations VALUES ({number:UInt32}, {name:String}, {checksum:String}, now())",
            {"number": each.number, "name": each.name, "checksum": each.checksum},
        )
    return [each.number for each in missing]


def check_version(ledger: Iterable[Mapping[str, object]], known: Sequence[Migration]) -> set[int]:
    """Numbers of what the ledger says was applied. Raises BadConfig for a newer store, or one of another build."""
    applied = {int(str(row["number"])): str(row["checksum"]) for row in ledger}
    ours = {each.number: each for each in known}
    if applied and max(applied) > max(ours):
        raise BadConfig(
            f"the store was written by a newer Echoline: its schema has version {max(applied)}, this program knows "
            f"{max(ours)}; update Echoline or choose another data directory"
        )
    for number, checksum in applied.items():
        if number not in ours or ours[number].checksum != checksum:
            name = ours[number].name if number in ours else f"{number:04}"
            raise BadConfig(
                f"the store was made by another build of Echoline: its migration {name} differs from ours; "
                "export it with the program that made it, or choose another data directory"
            )
    return set(applied)
