"""A test that somebody has for the shop."""

from flask_shop import app  # type: ignore[import-not-found] # beside it


def test_an_item_has_a_price() -> None:
    assert app.test_client().get("/items/21").text == "42"
