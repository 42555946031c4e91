"""The shop's web application."""

from pathlib import Path

import httpx
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from shop import __version__
from shop.database import open_database
from shop.settings import Settings
from shop.web import accounts, carts, catalogue, checkout, reviews
from shop.web.backoffice_client import BackofficeClient
from shop.web.seed import seed
from shop.web.tables import Table

PAGE = Path(__file__).with_name("page.html").read_text("utf-8")


def create_shop(settings: Settings) -> FastAPI:
    """The application with its database open; a new database is filled first."""
    app = FastAPI(title="Example shop", version=__version__)
    app.state.engine = open_database(settings.data / "shop.sqlite", Table, seed)
    app.state.backoffice = BackofficeClient(httpx.Client(base_url=settings.backoffice_url, timeout=5))
    for part in (accounts, catalogue, reviews, carts, checkout):
        app.include_router(part.router)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/", response_class=HTMLResponse)
    def page() -> str:
        return PAGE

    return app
