"""Checkout: a cart becomes a paid order, and a parcel at the back office."""

import logging
from collections import Counter
from collections.abc import Sequence

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel
from sqlalchemy import delete, select

from shop.database import Database
from shop.web.accounts import CurrentCustomer
from shop.web.backoffice_client import BackofficeClient, Refused
from shop.web.tables import CartLine, Order, OrderLine

log = logging.getLogger("shop.checkout")
router = APIRouter()


class Payment(BaseModel):
    """How the customer pays."""

    card: str
    coupon: str | None = None
    """Like `SPRING-20`: 20 % off."""


@router.post("/checkout", status_code=201)
def checkout(payment: Payment, customer: CurrentCustomer, database: Database, request: Request) -> dict[str, int]:
    """Reserves stock, takes the money and asks for a parcel; 402 or 409 when that is refused, and the cart stays."""
    backoffice: BackofficeClient = request.app.state.backoffice
    lines = database.scalars(select(CartLine).where(CartLine.customer_id == customer.id)).all()
    if not lines:
        raise HTTPException(400, "the cart is empty")
    total_cents = discounted(sum(line.product.price_cents * line.quantity for line in lines), payment.coupon)
    order = Order(customer_id=customer.id, total_cents=total_cents, lines=[_ordered(line) for line in lines])
    try:
        backoffice.reserve(_pieces(lines))
        backoffice.pay(payment.card, total_cents)
    except Refused as refused:
        log.warning("checkout of %s refused: %s", customer.email, refused)
        raise HTTPException(refused.status, str(refused)) from refused
    database.add(order)
    database.execute(delete(CartLine).where(CartLine.customer_id == customer.id))
    database.flush()
    backoffice.send_parcel(order.id, sum(line.quantity for line in lines))
    log.info("order %d placed, %d cents", order.id, total_cents)
    return {"order": order.id, "total_cents": total_cents}


@router.get("/orders/{order_id}")
def order(order_id: int, customer: CurrentCustomer, database: Database) -> dict[str, object]:
    """One of the customer's orders."""
    found = database.get(Order, order_id)
    if found is None or found.customer_id != customer.id:
        raise HTTPException(404, "you have no such order")
    return {"id": found.id, "state": found.state, "total_cents": found.total_cents, "lines": len(found.lines)}


@router.put("/orders/{order_id}/state")
def change_state(order_id: int, state: str, database: Database) -> dict[str, str]:
    """Told by the back office when a parcel is sent."""
    found = database.get(Order, order_id)
    if found is None:
        raise HTTPException(404, "no such order")
    found.state = state
    return {"state": state}


def discounted(total_cents: int, coupon: str | None) -> int:
    """The price after the coupon."""
    if coupon is None:
        return total_cents
    percent = int(coupon.split("-")[1])
    return total_cents * (100 - percent) // 100


def _pieces(lines: Sequence[CartLine]) -> dict[int, int]:
    pieces: Counter[int] = Counter()
    for line in lines:
        pieces[line.product_id] += line.quantity
    return pieces


def _ordered(line: CartLine) -> OrderLine:
    return OrderLine(product_id=line.product_id, quantity=line.quantity, price_cents=line.product.price_cents)
