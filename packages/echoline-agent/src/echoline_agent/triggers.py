"""Which module's import starts the instrumentation of which library. Read by every program, so it imports nothing."""

TRIGGERS = {
    # Not `django`: only when its handlers are there, its settings can be.
    "django": "django.core.handlers.base",
    "flask": "flask",
    "fastapi": "fastapi",
    "starlette": "starlette.applications",
    "celery": "celery",
    "sqlalchemy": "sqlalchemy",
    "psycopg": "psycopg",
    "psycopg2": "psycopg2",
    "sqlite3": "sqlite3",
    "asyncpg": "asyncpg",
    "requests": "requests",
    "httpx": "httpx",
    "redis": "redis",
}
