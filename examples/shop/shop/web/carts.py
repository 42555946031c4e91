"""Carts: what customers are about to buy."""

from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import select

from shop.database import Database
from shop.web.accounts import CurrentCustomer
from shop.web.tables import CartLine, Product

router = APIRouter(prefix="/cart")


class NewLine(BaseModel):
    """Some of a product, to be put into the cart."""

    product_id: int
    quantity: Annotated[int, Field(ge=1, le=20)] = 1


@router.get("")
def cart(customer: CurrentCustomer, database: Database) -> dict[str, object]:
    """The customer's cart and what it costs."""
    lines = database.scalars(select(CartLine).where(CartLine.customer_id == customer.id)).all()
    return {
        "lines": [
            {"id": line.id, "product": line.product.name, "quantity": line.quantity, "price_cents": _price(line)}
            for line in lines
        ],
        "total_cents": sum(_price(line) for line in lines),
    }


@router.post("/lines", status_code=201)
def add_line(wanted: NewLine, customer: CurrentCustomer, database: Database) -> dict[str, int]:
    """Puts some of a product into the cart."""
    if database.get(Product, wanted.product_id) is None:
        raise HTTPException(404, "no such product")
    line = CartLine(customer_id=customer.id, product_id=wanted.product_id, quantity=wanted.quantity)
    database.add(line)
    database.flush()
    return {"id": line.id}


@router.delete("/lines/{line_id}", status_code=204)
def remove_line(line_id: int, customer: CurrentCustomer, database: Database) -> None:
    """Takes a line out of the cart; 404 when it is somebody else's."""
    line = database.get(CartLine, line_id)
    if line is None or line.customer_id != customer.id:
        raise HTTPException(404, "no such line in your cart")
    database.delete(line)


def _price(line: CartLine) -> int:
    return line.product.price_cents * line.quantity
