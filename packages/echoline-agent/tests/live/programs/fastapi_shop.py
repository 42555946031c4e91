"""A shop in FastAPI that asks another service."""

import os

import httpx
import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/items/{number}")
async def item(number: int) -> int:
    async with httpx.AsyncClient() as client:
        await client.get(os.environ["PRICES"] + "/async")
    return number * 2


@app.get("/stock")
def stock() -> int:
    return requests.get(os.environ["PRICES"] + "/sync", timeout=10).status_code
