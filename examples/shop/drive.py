"""Drives the shop like its customers do: `python drive.py URL --seconds 20 --seed 1`.

The same seed makes every customer do the same things in the same order. How many of them fit into the time, and how
they meet each other, depends on the machine.
"""

import argparse
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

import httpx

CARDS = ["4242424242424242"] * 7 + ["4000000000000119"] * 2 + ["4000000000000002"]
"""The usual card, one that the processor turns away at first, one that is always declined."""
COUPONS = [None] * 8 + ["SPRING-20", "WELCOME"]
WORDS = ["kettle", "copper", "present", "rain", "bench no. 7", "ash", "third", "zither"]
PRODUCTS = 3_000
OLDEST_CUSTOMERS = 40
THINK_S = 0.12
ARRIVAL_S = 0.2
"""Customers come one after the other."""


@dataclass
class Driven:
    """What came of it."""

    requests: int = 0
    by_status: dict[int, int] = field(default_factory=dict)
    unanswered: int = 0
    seconds: float = 0


class Enough(Exception):
    """The time is over."""


@dataclass
class Customer:
    """One customer with his own connection, chance and habits."""

    http: httpx.Client
    chance: random.Random
    until: float
    email: str
    by_status: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0

    def ask(self, method: str, path: str, body: object = None, **params: object) -> httpx.Response:
        """One request after a moment of thinking. Raises Enough when the time is over."""
        time.sleep(self.chance.expovariate(1 / THINK_S))
        if time.monotonic() > self.until:
            raise Enough
        given = {name: str(value) for name, value in params.items()}
        try:
            response = self.http.request(method, path, json=body, params=given)
        except httpx.TransportError:  # uvicorn hangs up after a 500: the next request can meet the closing connection
            response = self.http.request(method, path, json=body, params=given)
        self.by_status[response.status_code] += 1
        return response

    def log_in(self, password: str = "password") -> None:
        response = self.ask("POST", "/login", {"email": self.email, "password": password})
        if response.is_success:
            self.http.headers["Authorization"] = f"Bearer {response.json()['token']}"

    def live(self) -> None:
        """Does one thing after another until the time is over or the shop is gone."""
        journeys: Sequence[Callable[[Customer], None]] = (
            [browse] * 5 + [look_for] * 3 + [buy] * 3 + [review, look_back, err]
        )
        try:
            self.log_in()
            while True:
                self.chance.choice(journeys)(self)
        except Enough:
            pass
        except httpx.TransportError:
            self.unanswered += 1
        self.http.close()


def browse(customer: Customer) -> None:
    """Categories, a page of one, a product, its rating."""
    shelves = customer.ask("GET", "/categories").json()
    shelf = customer.chance.choice(shelves)["slug"]
    products = customer.ask("GET", f"/categories/{shelf}/products", page=customer.chance.randint(1, 4)).json()
    for product in customer.chance.sample(products, min(2, len(products))):
        customer.ask("GET", f"/products/{product['id']}")
        customer.ask("GET", f"/products/{product['id']}/rating")


def look_for(customer: Customer) -> None:
    """A search, and the first product found."""
    found = customer.ask("GET", "/search", q=customer.chance.choice(WORDS)).json()
    if found:
        customer.ask("GET", f"/products/{found[0]['id']}")


def buy(customer: Customer) -> None:
    """A few products into the cart, checkout, a look at the order; popular products run out in time."""
    for _ in range(customer.chance.randint(1, 4)):
        product = customer.chance.choice([customer.chance.randint(1, PRODUCTS), customer.chance.randint(1, 10)])
        customer.ask("POST", "/cart/lines", {"product_id": product, "quantity": customer.chance.randint(1, 3)})
    customer.ask("GET", "/cart")
    payment = {"card": customer.chance.choice(CARDS), "coupon": customer.chance.choice(COUPONS)}
    response = customer.ask("POST", "/checkout", payment)
    if response.is_success:
        customer.ask("GET", f"/orders/{response.json()['order']}")
    else:
        clear_cart(customer)


def clear_cart(customer: Customer) -> None:
    """Takes everything out again."""
    for line in customer.ask("GET", "/cart").json()["lines"]:
        customer.ask("DELETE", f"/cart/lines/{line['id']}")


def review(customer: Customer) -> None:
    """Writes about a product; some forget that there are five stars."""
    stars = customer.chance.choice([1, 3, 4, 5, 5, 6])
    written = {"stars": stars, "text": "Bought it again."}
    customer.ask("POST", f"/products/{customer.chance.randint(1, PRODUCTS)}/reviews", written)


def look_back(customer: Customer) -> None:
    """The account with its orders."""
    customer.ask("GET", "/account")


def err(customer: Customer) -> None:
    """What goes wrong every day: a stale link, a new arrival, a wrong password, a second registration."""
    wrong = customer.chance.randrange(4)
    if wrong == 0:
        customer.ask("GET", f"/products/{PRODUCTS + customer.chance.randint(1, 99)}")
    elif wrong == 1:
        customer.ask("GET", f"/products/{PRODUCTS - customer.chance.randint(0, 20)}/rating")
    elif wrong == 2:
        customer.log_in("passwort")
    else:
        again = {"email": customer.email, "password": "password", "name": "Again"}
        customer.ask("POST", "/accounts", again)


def drive(url: str, *, seconds: float, seed: int, customers: int = 8) -> Driven:
    """Lets some customers use the shop at once for a time. Raises httpx.HTTPError when the shop does not answer."""
    started = time.monotonic()
    crowd = [
        Customer(
            httpx.Client(base_url=url, timeout=30),
            random.Random(seed * 1_000 + number),
            started + seconds,
            f"customer{number % OLDEST_CUSTOMERS + 1}@example.com",
        )
        for number in range(customers)
    ]
    crowd[0].http.get("/health").raise_for_status()
    threads = [threading.Thread(target=customer.live, daemon=True) for customer in crowd]
    for thread in threads:
        thread.start()
        time.sleep(min(ARRIVAL_S, seconds / 4 / customers))
    for thread in threads:
        thread.join()
    by_status = sum((customer.by_status for customer in crowd), Counter[int]())
    unanswered = sum(customer.unanswered for customer in crowd)
    return Driven(by_status.total(), dict(sorted(by_status.items())), unanswered, round(time.monotonic() - started, 1))


def main() -> None:
    """Prints what came of it as JSON."""
    arguments = argparse.ArgumentParser(description="drive the example shop")
    arguments.add_argument("url")
    arguments.add_argument("--seconds", type=float, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--customers", type=int, default=8)
    given = arguments.parse_args()
    print(json.dumps(asdict(drive(given.url, seconds=given.seconds, seed=given.seed, customers=given.customers))))


if __name__ == "__main__":
    main()
