"""Reviews of products and the rating they add up to."""

import logging

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import select

from shop.database import Database
from shop.web.accounts import CurrentCustomer
from shop.web.tables import Product, Review

log = logging.getLogger("shop.reviews")
router = APIRouter()


class NewReview(BaseModel):
    """What a customer writes."""

    stars: int = Field(ge=1, le=5)
    text: str = Field(max_length=500)


@router.get("/products/{product_id}/rating")
def rating(product_id: int, database: Database) -> dict[str, float]:
    """The average of all stars."""
    stars = database.scalars(select(Review.stars).where(Review.product_id == product_id)).all()
    return {"reviews": len(stars), "stars": round(sum(stars) / len(stars), 2)}


@router.post("/products/{product_id}/reviews", status_code=201)
def write_review(product_id: int, written: NewReview, customer: CurrentCustomer, database: Database) -> dict[str, int]:
    """Adds a review."""
    if database.get(Product, product_id) is None:
        raise HTTPException(404, "no such product")
    review = Review(product_id=product_id, customer_id=customer.id, stars=written.stars, text=written.text)
    database.add(review)
    database.flush()
    log.info("product %d got %d stars", product_id, written.stars)
    return {"id": review.id}
