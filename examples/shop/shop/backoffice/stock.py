"""Stock: puts goods aside for an order."""

import logging

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel
from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.backoffice.tables import Stock
from shop.database import Database

log = logging.getLogger("backoffice.stock")
router = APIRouter()

INITIAL_PIECES = 40


class Reservation(BaseModel):
    """Pieces to put aside, by product."""

    pieces: dict[int, int]


@router.post("/reservations", status_code=201)
def reserve(wanted: Reservation, database: Database) -> dict[str, int]:
    """Takes the pieces off the shelf; 409 when one product has too few."""
    for product_id, pieces in wanted.pieces.items():
        _take(database, product_id, pieces)
    return {"reserved": sum(wanted.pieces.values())}


def _take(database: Session, product_id: int, pieces: int) -> None:
    shelf = database.get(Stock, product_id)
    if shelf is None:
        shelf = Stock(product_id=product_id, pieces=INITIAL_PIECES)
        database.add(shelf)
        database.flush()
    if shelf.pieces < pieces:
        log.warning("only %d pieces of product %d left, %d wanted", shelf.pieces, product_id, pieces)
        raise HTTPException(409, f"only {shelf.pieces} left")
    database.execute(update(Stock).where(Stock.product_id == product_id).values(pieces=Stock.pieces - pieces))
