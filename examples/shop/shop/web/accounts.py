"""Accounts: register, log in, and know who is asking."""

import hashlib
import hmac
import logging
import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import select

from shop.database import Database
from shop.web.tables import Customer, Login, Order

log = logging.getLogger("shop.accounts")
router = APIRouter()

HASH_ROUNDS = 60_000


class Credentials(BaseModel):
    """What a customer types to log in."""

    email: str = Field(pattern=r".+@.+")
    password: str = Field(min_length=6)


class Registration(Credentials):
    """What a customer types to get an account."""

    name: str


def hash_password(password: str, salt: str = "") -> str:
    """A slow hash, with its salt in front: `salt$hash`. A new salt unless one is given."""
    salt = salt or secrets.token_hex(8)
    return f"{salt}${hashlib.pbkdf2_hmac('sha256', password.encode(), salt.encode(), HASH_ROUNDS).hex()}"


def current_customer(database: Database, authorization: Annotated[str, Header()] = "") -> Customer:
    """The customer whose token came in the Authorization header; 401 for anyone else."""
    login = database.get(Login, authorization.removeprefix("Bearer "))
    if login is None:
        raise HTTPException(401, "log in first")
    return login.customer


CurrentCustomer = Annotated[Customer, Depends(current_customer)]


@router.post("/accounts", status_code=201)
def register(wanted: Registration, database: Database) -> dict[str, int]:
    """Makes an account; 409 when the e-mail address has one."""
    if database.scalar(select(Customer).where(Customer.email == wanted.email)):
        raise HTTPException(409, "this address has an account")
    customer = Customer(email=wanted.email, name=wanted.name, password_hash=hash_password(wanted.password))
    database.add(customer)
    database.flush()
    log.info("new account for %s", wanted.email)
    return {"id": customer.id}


@router.post("/login")
def log_in(given: Credentials, database: Database) -> dict[str, str]:
    """Checks the password and answers with a token; 401 when it is wrong."""
    customer = database.scalar(select(Customer).where(Customer.email == given.email))
    if customer is None or not _is_password(given.password, customer.password_hash):
        log.warning("wrong password for %s", given.email)
        raise HTTPException(401, "wrong e-mail address or password")
    token = secrets.token_urlsafe(24)
    database.add(Login(token=token, customer_id=customer.id))
    return {"token": token}


@router.get("/account")
def account(customer: CurrentCustomer, database: Database) -> dict[str, object]:
    """The customer and his orders, newest first."""
    orders = database.scalars(select(Order).where(Order.customer_id == customer.id).order_by(Order.id.desc()))
    return {
        "name": customer.name,
        "orders": [
            {"id": order.id, "state": order.state, "pieces": sum(line.quantity for line in order.lines)}
            for order in orders
        ],
    }


def _is_password(password: str, stored: str) -> bool:
    return hmac.compare_digest(hash_password(password, stored.partition("$")[0]), stored)
