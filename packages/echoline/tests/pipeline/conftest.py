"""A journal, an engine and a load loop between them, whose decoder takes a word for an item.

A body like `carts users` is one request of two spans (log records, points); the words of ODD make something fail.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from batches import NOW_NS, batch, log, point, span
from echoline.config import LimitsConfig, ReceiveConfig, Settings
from echoline.errors import EcholineError
from echoline.journal.writer import Writer
from echoline.model.batch import BadRequest, Batch, Decoded
from echoline.model.records import Request, Signal
from echoline.pipeline.intent import Terms
from echoline.pipeline.load import Load
from echoline.pipeline.preparing import Preparing
from echoline.pipeline.quarantine import Quarantine
from echoline.pipeline.route import Route
from echoline.stores.ages import Ages
from echoline.stores.engine import Engine
from echoline.stores.rows import rows

MAKERS: dict[Signal, Callable[[str], Any]] = {
    "traces": span,
    "logs": log,
    "metrics": lambda word: point(attributes={"word": word}),
}


def decode(signal: Signal, requests: Sequence[Request], limits: LimitsConfig, now_ns: int) -> Decoded:
    bodies = [request.body.decode().split() for request in requests]
    bad = tuple(BadRequest(number, "garbage", "no OTLP") for number, words in enumerate(bodies) if "garbage" in words)
    made = [MAKERS[signal](word) for words in bodies for word in words if word not in ("garbage", "refuse", "cut")]
    refused, cut = ({each: sum(words.count(each) for words in bodies)} for each in ("refuse", "cut"))
    return Decoded(
        batch(signal, *made), {k: v for k, v in refused.items() if v}, {k: v for k, v in cut.items() if v}, bad
    )


class Explodes:
    """A processor that cannot take spans of one name."""

    def process(self, batch: Batch) -> Batch:
        if "explode" in batch.parts["rows"].columns.column(8 if batch.signal == "traces" else 9).to_pylist():
            raise KeyError("explode")
        return batch

    def counted(self, batch: Batch) -> tuple[Batch, dict[tuple[str, str], int]]:
        return self.process(batch), {("keys", "password"): len(batch)}


@dataclass
class Tables:
    """The engine, failing on demand: `fail` gets the table and the number of the insert."""

    engine: Engine
    fail: Callable[[str, pa.Table], EcholineError | None] = lambda table, rows: None
    inserts: int = 0

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        self.inserts += 1
        if error := self.fail(table, rows):
            raise error
        self.engine.insert(table, rows, token)

    def confirm(self) -> None:
        """The engine of tests has a sound disk."""


@dataclass
class Bench:
    """What a test of the load loop holds in its hands."""

    folder: Path
    engine: Engine
    tables: Tables
    writer: Writer
    quarantine: Quarantine
    load: Load

    def send(self, *bodies: str, signal: Signal = "traces") -> None:
        for body in bodies:
            self.writer.append(Request(signal, "protobuf", "identity", body.encode(), NOW_NS)).result(5)

    def restarted(self) -> Load:
        """Another load loop over the same journal and store, as after a crash."""
        self.load = made(self.folder, self.tables, self.quarantine)
        return self.load

    def names(self, table: str = "spans", column: str = "name") -> list[str]:
        return sorted(str(row["n"]) for row in self.engine.rows(f"SELECT {column} AS n FROM {table}"))

    def calls(self) -> int:
        (row,) = self.engine.rows("SELECT sum(calls) AS n FROM operations_1m")
        return int(str(row["n"]))


def made(folder: Path, tables: Tables, quarantine: Quarantine) -> Load:
    def to_rows(batch: Batch, retention: object, *, max_ahead_s: int, now_ns: int) -> object:
        return rows(batch, Ages(retention, max_ahead_s, now_ns))  # type: ignore[arg-type]

    def preparing(terms: Terms, now_ns: int) -> Preparing:
        return Preparing(decode, (Explodes(),), to_rows, terms.limits, terms.retention, now_ns)  # type: ignore[arg-type]

    settings = Settings()
    terms = Terms(settings.limits, settings.retention, settings.redaction, 1 << 20)
    config = replace(settings.store, batch_seconds=0.001)
    return Load(folder, tables, Route(terms, "1", preparing), config, quarantine, lambda: NOW_NS)


@pytest.fixture
def bench(tmp_path: Path, engine: Engine) -> Iterator[Bench]:
    folder = tmp_path / "journal"
    writer = Writer(folder, ReceiveConfig(), lambda: NOW_NS)
    tables, quarantine = Tables(engine), Quarantine(tmp_path / "quarantine", LimitsConfig())
    yield Bench(folder, engine, tables, writer, quarantine, made(folder, tables, quarantine))
    writer.close()


@pytest.fixture
def go() -> threading.Event:
    """Never set: nobody asks the loop to end."""
    return threading.Event()
