"""Opens a SQLite database and gives each request its own session."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Session

BUSY_TIMEOUT_S = 5


def open_database(path: Path, tables: type[DeclarativeBase], seed: Callable[[Session], None]) -> Engine:
    """Opens the database; one that is new gets its tables and its first rows."""
    is_new = not path.exists()
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_S}, pool_size=20)
    event.listen(engine, "connect", _let_readers_pass)
    if is_new:
        tables.metadata.create_all(engine)
        with Session(engine) as session:
            seed(session)
            session.commit()
    return engine


def session(request: Request) -> Iterator[Session]:
    """A session for one request: committed when the request succeeds, rolled back when it raises."""
    with Session(request.app.state.engine) as session, session.begin():
        yield session


Database = Annotated[Session, Depends(session, scope="function")]
"""What a route writes to get its session; `scope` commits before the answer goes out."""


def _let_readers_pass(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
