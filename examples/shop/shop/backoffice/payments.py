"""Payments: stands in for a card processor, with the numbers that such processors use for tests."""

import logging
import random
import time
from itertools import count

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

log = logging.getLogger("backoffice.payments")
router = APIRouter()

DECLINED = "4000000000000002"
OVERLOADED = "4000000000000119"
"""Every other authorisation of this card is turned away at first, as a busy processor does."""

_authorisations = count()
_chance = random.Random(11)


class Charge(BaseModel):
    """Money to take from a card."""

    card: str = Field(pattern=r"\d{16}")
    amount_cents: int = Field(ge=0)


@router.post("/payments", status_code=201)
def pay(charge: Charge) -> dict[str, int]:
    """Takes the money; 402 when the card is declined, 503 when the processor is busy."""
    time.sleep(_chance.uniform(0.005, 0.02))
    if charge.card == OVERLOADED and next(_authorisations) % 2 == 0:
        raise HTTPException(503, "processor busy, try again")
    if charge.card == DECLINED:
        log.error("card %s declined for %d cents", charge.card, charge.amount_cents)
        raise HTTPException(402, "card declined")
    return {"charged_cents": charge.amount_cents}
