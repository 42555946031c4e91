"""What the example shop does right, and the weaknesses its README promises to have."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Connection, Engine, event

from shop.backoffice.app import create_backoffice
from shop.settings import Settings
from shop.web.app import create_shop
from shop.web.seed import PRODUCTS

VISA = "4242424242424242"
DECLINED = "4000000000000002"
BUSY_AT_FIRST = "4000000000000119"


@contextmanager
def served(app: FastAPI, listening: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Engine]]:
    """Both halves of the shop, a client in which customer 1 is logged in, and the shop's database."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    web_url, backoffice_url = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in sockets)
    settings = Settings(tmp_path_factory.mktemp("shop"), web_url, backoffice_url)
    web, backoffice = create_shop(settings), create_backoffice(settings)
    one_request_each = httpx.Limits(max_keepalive_connections=0)  # uvicorn hangs up after a 500
    client = httpx.Client(base_url=web_url, limits=one_request_each)
    with served(web, sockets[0]), served(backoffice, sockets[1]), client:
        login = client.post("/login", json={"email": "customer1@example.com", "password": "password"})
        client.headers["Authorization"] = f"Bearer {login.json()['token']}"
        yield client, web.state.engine
    web.state.backoffice.http.close()
    backoffice.state.packer.shop.close()
    web.state.engine.dispose()
    backoffice.state.engine.dispose()


@pytest.fixture
def shop(running: tuple[httpx.Client, Engine]) -> httpx.Client:
    """The client, with an empty cart."""
    client, _ = running
    for line in client.get("/cart").json()["lines"]:
        client.delete(f"/cart/lines/{line['id']}")
    return client


def buy(shop: httpx.Client, card: str, coupon: str | None = None) -> httpx.Response:
    shop.post("/cart/lines", json={"product_id": 5, "quantity": 1})
    return shop.post("/checkout", json={"card": card, "coupon": coupon})


def test_paid_order_empties_the_cart(shop: httpx.Client) -> None:
    order = buy(shop, VISA, "SPRING-20").json()
    assert shop.get(f"/orders/{order['order']}").json()["total_cents"] == order["total_cents"]
    assert shop.get("/cart").json() == {"lines": [], "total_cents": 0}


def test_declined_card_keeps_the_cart(shop: httpx.Client) -> None:
    assert buy(shop, DECLINED).status_code == 402
    assert [line["quantity"] for line in shop.get("/cart").json()["lines"]] == [1]


def test_busy_processor_is_asked_again(shop: httpx.Client) -> None:
    assert buy(shop, BUSY_AT_FIRST).status_code == 201


def test_more_than_the_shelf_holds_is_refused(shop: httpx.Client) -> None:
    for _ in range(3):
        shop.post("/cart/lines", json={"product_id": 9, "quantity": 20})
    assert shop.post("/checkout", json={"card": VISA}).json() == {"detail": "only 40 left"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"/products/{PRODUCTS + 1}", None, 404),
        ("GET", "/search?q=k", None, 422),
        ("POST", "/products/1/reviews", {"stars": 6, "text": ""}, 422),
        ("POST", "/login", {"email": "customer1@example.com", "password": "passwort"}, 401),
        ("POST", "/accounts", {"email": "customer1@example.com", "password": "password", "name": "x"}, 409),
        ("POST", "/checkout", {"card": VISA}, 400),
    ],
)
def test_mistakes_are_answered(shop: httpx.Client, method: str, path: str, body: object, status: int) -> None:
    assert shop.request(method, path, json=body).status_code == status


def test_packed_parcel_is_told_to_the_shop(shop: httpx.Client) -> None:
    order = buy(shop, VISA).json()["order"]
    deadline = time.monotonic() + 10
    while shop.get(f"/orders/{order}").json()["state"] != "sent" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert {"id": order, "state": "sent", "pieces": 1} in shop.get("/account").json()["orders"]


def test_weakness_listing_asks_for_the_reviews_of_each_product(running: tuple[httpx.Client, Engine]) -> None:
    client, engine = running
    statements: list[str] = []

    def keep(_: Connection, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    client.get("/categories/lamps/products")
    event.remove(engine, "before_cursor_execute", keep)
    assert sum("FROM review" in statement for statement in statements) == 24


def test_weakness_new_arrival_has_no_rating(shop: httpx.Client) -> None:
    assert shop.get(f"/products/{PRODUCTS}/rating").status_code == 500


def test_weakness_coupon_without_a_number(shop: httpx.Client) -> None:
    assert buy(shop, VISA, "WELCOME").status_code == 500
