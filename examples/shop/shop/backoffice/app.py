"""The back office: payments, stock and parcels behind the shop."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from shop import __version__
from shop.backoffice import parcels, payments, stock
from shop.backoffice.tables import Table
from shop.database import open_database
from shop.settings import Settings


def create_backoffice(settings: Settings) -> FastAPI:
    """The application; its packing thread runs while it serves."""
    engine = open_database(settings.data / "backoffice.sqlite", Table, lambda _: None)
    packer = parcels.Packer(engine, httpx.Client(base_url=settings.shop_url, timeout=5))

    @asynccontextmanager
    async def packing(_: FastAPI) -> AsyncIterator[None]:
        thread = threading.Thread(target=packer.run, name="packer")
        thread.start()
        yield
        packer.over.set()
        packer.wake.set()
        thread.join()

    app = FastAPI(title="Back office of the example shop", version=__version__, lifespan=packing)
    app.state.engine = engine
    app.state.packer = packer
    for part in (payments, stock, parcels):
        app.include_router(part.router)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
