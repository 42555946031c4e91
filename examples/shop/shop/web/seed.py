"""Fills a new shop: the same catalogue, customers and reviews every time."""

import random

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shop.web.accounts import hash_password
from shop.web.tables import Category, Customer, Product, Review

PRODUCTS = 3_000
REVIEWS = 12_000
CUSTOMERS = 40
NEW_ARRIVALS = 25
"""The products with the highest ids: nobody has reviewed them yet."""

CATEGORIES = ["Kitchen", "Garden", "Books", "Bicycles", "Lamps", "Music", "Outdoors", "Paper"]
ADJECTIVES = ["Quiet", "Copper", "Folding", "Northern", "Small", "Heavy", "Everyday", "Blue", "Woollen", "Bright"]
NOUNS = ["Kettle", "Rake", "Atlas", "Pannier", "Lantern", "Metronome", "Tent", "Notebook", "Pan", "Bench", "Bell"]
PHRASES = [
    "Made to last longer than its owner.",
    "Easy to clean and easy to repair.",
    "Comes with a spare part that you will need one day.",
    "Tested in rain, snow and by children.",
    "The handle is ash from a forest nearby.",
    "Weighs less than it looks.",
    "Every screw can be replaced.",
]
OPINIONS = [
    "Does what it should.",
    "Arrived late but is fine.",
    "My third one.",
    "Too small for us.",
    "A fine present.",
]


def seed(session: Session) -> None:
    """Writes categories, products, customers and reviews; every customer's password is `password`."""
    chance = random.Random(7)
    session.execute(insert(Category), [{"slug": name.lower(), "name": name} for name in CATEGORIES])
    session.execute(insert(Product), [_product(chance) for _ in range(PRODUCTS)])
    password = hash_password("password")
    session.execute(
        insert(Customer),
        [
            {"email": f"customer{n}@example.com", "name": f"Customer {n}", "password_hash": password}
            for n in range(1, CUSTOMERS + 1)
        ],
    )
    session.execute(insert(Review), [_review(chance) for _ in range(REVIEWS)])


def _product(chance: random.Random) -> dict[str, object]:
    return {
        "category_id": chance.randint(1, len(CATEGORIES)),
        "name": f"{chance.choice(ADJECTIVES)} {chance.choice(NOUNS)} No. {chance.randint(1, 99)}",
        "description": " ".join(chance.sample(PHRASES, 4)),
        "price_cents": chance.randint(3, 180) * 100 - 5,
    }


def _review(chance: random.Random) -> dict[str, object]:
    return {
        "product_id": chance.randint(1, PRODUCTS - NEW_ARRIVALS),
        "customer_id": chance.randint(1, CUSTOMERS),
        "stars": min(5, max(1, round(chance.gauss(3.8, 1.1)))),
        "text": chance.choice(OPINIONS),
    }
