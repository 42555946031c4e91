"""The back office's tables."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Table(DeclarativeBase):
    """All tables of the back office's database."""


class Stock(Table):
    """How many pieces of a product are on the shelf. A product without a row has INITIAL_PIECES."""

    __tablename__ = "stock"
    __table_args__ = (CheckConstraint("pieces >= 0", name="pieces_on_the_shelf"),)
    product_id: Mapped[int] = mapped_column(primary_key=True)
    pieces: Mapped[int]


class Parcel(Table):
    """A parcel to pack: the queue of the packing thread."""

    __tablename__ = "parcel"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int]
    pieces: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting", index=True)
