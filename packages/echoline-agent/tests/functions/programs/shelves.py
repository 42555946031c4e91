"""The small store that the applications share: an engine, two tables, and an address to call."""
# A program as users write it, on frameworks without types.
# mypy: ignore-errors

import sqlite3
import tempfile
from pathlib import Path

from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.sqlalchemy.engine import EngineTracer
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.metrics import get_meter
from opentelemetry.trace import get_tracer
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

OTHER = {"address": ""}
FILE = Path(tempfile.mkdtemp(prefix="echoline-")) / "shop.db"

SQLite3Instrumentor().instrument()
HTTPXClientInstrumentor().instrument()
RequestsInstrumentor().instrument()


class Base(DeclarativeBase):
    pass


class Cart(Base):
    __tablename__ = "carts"
    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list["Line"]] = relationship()


class Line(Base):
    __tablename__ = "lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id"))


ENGINE = create_engine(f"sqlite:///{FILE}")
Base.metadata.create_all(ENGINE)
with Session(ENGINE) as _session:
    _session.add_all([Cart(id=number, lines=[Line(), Line()]) for number in range(1, 4)])
    _session.commit()
# The instrumentor itself asks for greenlet with SQLAlchemy 2.1; what it does to an engine is this.
_usage = get_meter("shop").create_up_down_counter("connections")
EngineTracer(get_tracer("opentelemetry.instrumentation.sqlalchemy"), ENGINE, _usage, False, {}, False)


class Carts:
    """A repository as programs have them: the query is in a method, called from somewhere above."""

    def numbers(self) -> list[int]:
        query = select(Cart.id).prefix_with("/* by=shelves.Carts.numbers */")
        with Session(ENGINE) as session:
            return list(session.scalars(query))

    @property
    def count(self) -> int:
        return len(ask_sqlite("shelves.ask_sqlite", "SELECT id FROM carts"))

    @staticmethod
    def sizes(numbers: list[int]) -> dict[int, int]:
        with Session(ENGINE) as session:
            return {
                number: len(session.scalars(select(Line.id).prefix_with("/* by=shelves.Carts.sizes */")).all())
                for number in numbers
            }


def ask_sqlite(by: str, query: str) -> list[tuple[int]]:
    connection = sqlite3.connect(FILE)
    try:
        return connection.cursor().execute(f"{query} /* by={by} */").fetchall()
    finally:
        connection.close()
