"""An application in FastAPI that burns CPU, on its loop and in its pool of threads."""

# mypy: ignore-errors

from burning import burn
from fastapi import FastAPI

app = FastAPI()


@app.get("/burn")
async def view() -> str:
    return burn(0.6)


@app.get("/pool")
def pooled() -> str:
    return burn(0.6)
