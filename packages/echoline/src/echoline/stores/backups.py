"""Copies the store into a folder while it is in use, and brings such a copy back."""

from pathlib import Path

from echoline.errors import BadConfig
from echoline.stores.engine import Engine
from echoline.stores.migrations import check_version, migrate, shipped
from echoline.stores.parameters import literal


def back_up(engine: Engine, folder: Path) -> None:
    """Makes `folder`, which must not exist. Raises Unavailable when the disk refuses, BadInput when it exists."""
    engine.execute(f"BACKUP DATABASE {engine.database} TO File({literal(str(folder))})")


def restore(engine: Engine, folder: Path) -> None:
    """Puts a copy in the place of what is stored, all or nothing: until it is complete, the old store stays.

    Nothing may be inserted meanwhile. Raises BadConfig for a copy of a newer version.
    """
    finish_restoring(engine)
    engine.execute(
        f"RESTORE DATABASE {engine.database} AS {_restored(engine)} FROM File({literal(str(folder))}) "
        "SETTINGS allow_different_database_def = 1"
    )
    try:
        check_version(engine.rows(f"SELECT number, checksum FROM {_restored(engine)}.migrations"), shipped())
    except BadConfig:
        _drop(engine, _restored(engine))
        raise
    engine.execute(f"RENAME DATABASE {engine.database} TO {_replaced(engine)}")
    engine.execute(f"RENAME DATABASE {_restored(engine)} TO {engine.database}")
    finish_restoring(engine)


def finish_restoring(engine: Engine) -> None:
    """Ends a restoring that was cut short: with the copy when it was complete, else with what was there before."""
    there = {str(row["name"]) for row in engine.rows("SELECT name FROM system.databases")}
    restored, replaced = _restored(engine), _replaced(engine)
    if restored in there and replaced in there:  # between the two renamings, and opening has made an empty one
        _drop(engine, engine.database)
        engine.execute(f"RENAME DATABASE {restored} TO {engine.database}")
    elif restored in there:
        _drop(engine, restored)
    if replaced in there:
        _turn_views(engine)
        _drop(engine, replaced)
        migrate(engine, shipped(), exists=True)


def _turn_views(engine: Engine) -> None:
    """Renaming a database leaves its views with the old name: makes them again with the new one."""
    restored = f"{_restored(engine)}."
    views = engine.rows(
        "SELECT name, create_table_query AS sql FROM system.tables "
        "WHERE database = currentDatabase() AND engine = 'MaterializedView' ORDER BY name"
    )
    for view in views:
        if restored in str(view["sql"]):
            engine.execute(f"DROP VIEW {view['name']} SYNC")
            engine.execute(str(view["sql"]).replace(restored, f"{engine.database}."))


def _drop(engine: Engine, database: str) -> None:
    engine.execute(f"DROP DATABASE IF EXISTS {database} SYNC")


def _restored(engine: Engine) -> str:
    return f"{engine.database}_being_restored"


def _replaced(engine: Engine) -> str:
    return f"{engine.database}_being_replaced"
