"""Asks PostgreSQL by three drivers, and by SQLAlchemy over two of them."""

import asyncio
import sys

import asyncpg
import psycopg
import psycopg2
import sqlalchemy

URL = sys.argv[1]


async def by_asyncpg() -> None:
    connection = await asyncpg.connect(URL)
    await connection.fetchval("SELECT 'asyncpg'")
    await connection.close()


with psycopg.connect(URL) as connection:
    connection.execute("SELECT 'psycopg'")
connection2 = psycopg2.connect(URL)
connection2.cursor().execute("SELECT 'psycopg2'")
connection2.close()
asyncio.run(by_asyncpg())
for driver in ("psycopg", "psycopg2"):
    engine = sqlalchemy.create_engine(URL.replace("postgresql:", f"postgresql+{driver}:"))
    with engine.connect() as open_one:
        open_one.execute(sqlalchemy.text(f"SELECT 'orm over {driver}'"))
    engine.dispose()
