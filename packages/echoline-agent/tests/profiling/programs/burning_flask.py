"""An application in Flask that burns CPU."""

# mypy: ignore-errors

from burning import burn
from flask import Flask

app = Flask(__name__)


@app.get("/burn")
def view() -> str:
    return burn(0.6)
