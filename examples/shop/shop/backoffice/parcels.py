"""Parcels: a queue in the database, and the thread that empties it."""

import logging
import threading
import time
from dataclasses import dataclass, field

import httpx
from fastapi import APIRouter, BackgroundTasks, Request
from pydantic import BaseModel
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from shop.backoffice.tables import Parcel
from shop.database import Database

log = logging.getLogger("backoffice.parcels")
router = APIRouter()

PACK_PIECE_S = 0.01
LOOK_AGAIN_S = 2


class NewParcel(BaseModel):
    """A parcel that the shop asks for."""

    order: int
    pieces: int


@router.post("/parcels", status_code=202)
def ask_for_parcel(
    wanted: NewParcel, database: Database, request: Request, afterwards: BackgroundTasks
) -> dict[str, str]:
    """Queues a parcel and wakes the packer once it is in the database."""
    database.add(Parcel(order_id=wanted.order, pieces=wanted.pieces))
    packer: Packer = request.app.state.packer
    afterwards.add_task(packer.wake.set)
    return {"state": "waiting"}


@dataclass(frozen=True)
class Packer:
    """Packs waiting parcels, oldest first, and tells the shop."""

    engine: Engine
    shop: httpx.Client
    wake: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Works until `over` is set; a parcel that cannot be told stays in the queue for the next round."""
        while not self.over.is_set():
            self.wake.clear()
            try:
                while self.pack_next():
                    pass
            except httpx.HTTPError:
                log.exception("the shop did not hear of a parcel")
            self.wake.wait(LOOK_AGAIN_S)

    def pack_next(self) -> bool:
        """Packs one parcel; False when none waits."""
        with Session(self.engine) as database, database.begin():
            parcel = database.scalar(select(Parcel).where(Parcel.state == "waiting").order_by(Parcel.id).limit(1))
            if parcel is None:
                return False
            time.sleep(PACK_PIECE_S * parcel.pieces)
            response = self.shop.put(f"/orders/{parcel.order_id}/state", params={"state": "sent"})
            response.raise_for_status()
            parcel.state = "sent"
            log.info("parcel for order %d sent, %d pieces", parcel.order_id, parcel.pieces)
        return True
