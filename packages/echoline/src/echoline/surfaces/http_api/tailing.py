"""The live tail as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import orjson

from echoline.errors import BadInput, Busy, EcholineError
from echoline.queries.log_tail import Tail, end_of_logs, tail
from echoline.queries.logs import LogFilter
from echoline.surfaces.http_api.asking import PatientStore
from echoline.surfaces.http_api.parts import Parts

_POLL_S = 0.5
_ALIVE_S = 10.0
_PAUSE_S = 5.0
MOST_TAILS = 32


class Tails:
    """Bounds how many are followed at once; one for the whole application."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(4, "tail")
        self.open = 0


def place(after: int | None, last_event_id: str | None) -> int | None:
    """Where to go on: what a browser sends when it connects anew counts. Raises BadInput for an id that is none."""
    if not last_event_id:
        return after
    if not last_event_id.isascii() or not last_event_id.isdigit() or len(last_event_id) > 18:
        raise BadInput(f"Last-Event-ID {last_event_id!r} is none that was sent")
    return int(last_event_id)


def events(tails: Tails, parts: Parts, wanted: LogFilter, began: int | None) -> AsyncIterator[bytes]:
    """Blocks of events, without end. Raises Busy when too many are open."""
    if tails.open >= MOST_TAILS:
        raise Busy(f"{tails.open} tails are open; close some", retry_after_s=10)
    return _events(tails, parts, wanted, began)


async def _events(tails: Tails, parts: Parts, wanted: LogFilter, began: int | None) -> AsyncIterator[bytes]:
    tails.open += 1
    quiet_s, at = 0.0, began
    try:
        yield b"retry: 1000\n\n"
        while True:
            try:
                found = await asyncio.get_running_loop().run_in_executor(tails.threads, _look, parts, wanted, at)
            except EcholineError as error:
                yield _event("problem", {"detail": str(error)})
                await asyncio.sleep(_PAUSE_S)
                continue
            at = found.at
            if found.records:
                quiet_s = 0.0
                yield _block(found)
            elif quiet_s >= _ALIVE_S:
                quiet_s = 0.0
                yield b": nothing new\n\n"
            await asyncio.sleep(_POLL_S)
            quiet_s += _POLL_S
    finally:
        tails.open -= 1


def _look(parts: Parts, wanted: LogFilter, at: int | None) -> Tail:
    store = PatientStore(parts.engine, parts.settings.store.query_timeout_s)
    return Tail((), end_of_logs(store), 0) if at is None else tail(store, wanted, at)


def _block(found: Tail) -> bytes:
    """The id comes with the last record: whoever got a part of the block gets all of it again."""
    block = [_event("skipped", {"records": found.left_out})] if found.left_out else []
    block += [_event("log", record) for record in found.records[:-1]]
    return b"".join(block) + f"id: {found.at}\n".encode() + _event("log", found.records[-1])


def _event(name: str, content: object) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(content) + b"\n\n"
