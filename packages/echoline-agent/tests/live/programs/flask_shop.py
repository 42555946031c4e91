"""A shop in Flask, with a database."""

import logging
import sqlite3

from flask import Flask

app = Flask(__name__)
log = logging.getLogger("shop")


@app.get("/items/<int:number>")
def item(number: int) -> str:
    with sqlite3.connect(":memory:") as database:
        found = database.execute("SELECT ? * 2", (number,)).fetchone()[0]
    log.warning("item %s was asked for", number)
    return str(found)


@app.get("/broken")
def broken() -> str:
    raise RuntimeError("broken")


if __name__ == "__main__":
    client = app.test_client()
    assert client.get("/items/21").text == "42"
