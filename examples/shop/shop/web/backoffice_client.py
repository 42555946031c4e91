"""Speaks to the back office over HTTP."""

import logging
import time
from dataclasses import dataclass

import httpx

log = logging.getLogger("shop.backoffice")

ATTEMPTS = 3
PAUSE_S = 0.05


class Refused(Exception):
    """The back office said no, for a reason that the customer may read."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class BackofficeClient:
    """What the shop asks the back office for. Raises Refused, or httpx.HTTPError when there is no usable answer."""

    http: httpx.Client

    def reserve(self, pieces_by_product: dict[int, int]) -> None:
        """Puts goods aside; refused with 409 when there are not enough."""
        self._post("/reservations", {"pieces": pieces_by_product})

    def pay(self, card: str, amount_cents: int) -> None:
        """Takes the money; refused with 402 when the card is declined."""
        self._post("/payments", {"card": card, "amount_cents": amount_cents})

    def send_parcel(self, order: int, pieces: int) -> None:
        """Asks for a parcel; it is packed later."""
        self._post("/parcels", {"order": order, "pieces": pieces})

    def _post(self, path: str, body: dict[str, object]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            response = self.http.post(path, json=body)
            if response.status_code != 503 or attempt == ATTEMPTS:
                break
            log.warning("%s is not available, attempt %d of %d", path, attempt, ATTEMPTS)
            time.sleep(PAUSE_S * 2**attempt)
        if response.status_code in (402, 409):
            raise Refused(response.status_code, response.json()["detail"])
        response.raise_for_status()
