"""The shop's tables."""

from datetime import UTC, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Table(DeclarativeBase):
    """All tables of the shop's database."""


class Category(Table):
    """A shelf of the shop."""

    __tablename__ = "category"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Product(Table):
    """Something to buy."""

    __tablename__ = "product"
    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    name: Mapped[str]
    description: Mapped[str]
    price_cents: Mapped[int]
    reviews: Mapped[list["Review"]] = relationship(order_by="Review.id.desc()")


class Review(Table):
    """What a customer thinks of a product."""

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    stars: Mapped[int]
    text: Mapped[str]


class Customer(Table):
    """Someone with an account."""

    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]


class Login(Table):
    """A customer who is logged in; the token is his proof."""

    __tablename__ = "login"
    token: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer: Mapped[Customer] = relationship()


class CartLine(Table):
    """Some of one product in a customer's cart."""

    __tablename__ = "cart_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    product: Mapped[Product] = relationship()


class Order(Table):
    """What was in a cart when it was paid."""

    __tablename__ = "customer_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    state: Mapped[str] = mapped_column(default="paid")
    total_cents: Mapped[int]
    placed: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    lines: Mapped[list["OrderLine"]] = relationship()


class OrderLine(Table):
    """Some of one product in an order, at the price of the day."""

    __tablename__ = "order_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    price_cents: Mapped[int]
