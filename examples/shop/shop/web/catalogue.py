"""The catalogue: categories, products, search."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from sqlalchemy import func, or_, select

from shop.database import Database
from shop.web.tables import Category, Product, Review

router = APIRouter()

PAGE = 24


@router.get("/categories")
def categories(database: Database) -> list[dict[str, object]]:
    """All categories with the number of their products."""
    rows = database.execute(
        select(Category.slug, Category.name, func.count(Product.id))
        .join(Product, Product.category_id == Category.id)
        .group_by(Category.id)
        .order_by(Category.name)
    )
    return [{"slug": slug, "name": name, "products": products} for slug, name, products in rows]


@router.get("/categories/{slug}/products")
def products_of_category(
    slug: str, database: Database, page: Annotated[int, Query(ge=1)] = 1
) -> list[dict[str, object]]:
    """One page of a category, each product with its rating."""
    category = database.scalar(select(Category).where(Category.slug == slug))
    if category is None:
        raise HTTPException(404, "no such category")
    products = database.scalars(
        select(Product)
        .where(Product.category_id == category.id)
        .order_by(Product.name)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [_short(product) for product in products]


@router.get("/products/{product_id}")
def product(product_id: int, database: Database) -> dict[str, object]:
    """One product with its description and latest reviews."""
    found = database.get(Product, product_id)
    if found is None:
        raise HTTPException(404, "no such product")
    return {
        **_short(found),
        "description": found.description,
        "latest": [{"stars": review.stars, "text": review.text} for review in found.reviews[:5]],
    }


@router.get("/search")
def search(q: Annotated[str, Query(min_length=2)], database: Database) -> list[dict[str, object]]:
    """Products whose name, description or reviews contain the words, the most reviewed first."""
    pattern = f"%{q.lower()}%"
    reviewed = select(Review.product_id).where(func.lower(Review.text).like(pattern))
    found = database.execute(
        select(Product.id, Product.name, Product.price_cents, func.count(Review.id).label("reviews"))
        .outerjoin(Review, Review.product_id == Product.id)
        .where(
            or_(
                func.lower(Product.name).like(pattern),
                func.lower(Product.description).like(pattern),
                Product.id.in_(reviewed),
            )
        )
        .group_by(Product.id)
        .order_by(func.count(Review.id).desc())
        .limit(PAGE)
    )
    return [dict(row) for row in found.mappings()]


def _short(product: Product) -> dict[str, object]:
    return {
        "id": product.id,
        "name": product.name,
        "price_cents": product.price_cents,
        "reviews": len(product.reviews),
    }
