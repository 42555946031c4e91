"""Questions end with those who asked them, and too many at once are refused."""

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pytest

from asking import Api
from echoline.errors import Unavailable
from echoline.surfaces.http_api import asking


class SlowEngine:
    """Answers when it is told to, or fails when its query is cancelled."""

    def __init__(self) -> None:
        self.asked, self.cancelled = list[str](), list[str]()
        self.began, self.may_end = threading.Event(), threading.Event()

    def query(
        self, sql: str, params: Mapping[str, Any] | None = None, *, timeout_s: float = 0, query_id: str = ""
    ) -> pa.Table:
        self.asked.append(query_id)
        self.began.set()
        self.may_end.wait(10)
        if query_id in self.cancelled:
            raise Unavailable("cancelled")
        return pa.table({"found": [1]})

    def cancel(self, query_id: str) -> None:
        self.cancelled.append(query_id)
        self.may_end.set()


@pytest.fixture
def slow(own: Api) -> SlowEngine:
    engine = SlowEngine()
    object.__setattr__(own.parts, "engine", engine)
    return engine


async def call(api: Api, path: str, leaves: asyncio.Event) -> list[dict[str, Any]]:
    """What is sent for a GET until it is over; `leaves` is set when the asker goes away."""
    sent, has_asked = list[dict[str, Any]](), False

    async def receive() -> dict[str, Any]:
        nonlocal has_asked
        if not has_asked:
            has_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await leaves.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
    await api.app(scope, receive, send)
    return sent


def test_a_question_is_taken_back_when_its_asker_goes_away(own: Api, slow: SlowEngine) -> None:
    async def scenario() -> list[dict[str, Any]]:
        leaves = asyncio.Event()
        asked = asyncio.create_task(call(own, "/api/v1/logs", leaves))
        await asyncio.to_thread(slow.began.wait, 10)
        leaves.set()
        return await asked

    sent = asyncio.run(scenario())
    assert slow.cancelled == slow.asked[:1]
    assert len(slow.asked) == 1
    assert sent[0]["status"] == 503


def test_too_many_at_once_are_told_to_come_back(own: Api, slow: SlowEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_MOST_WAITING", 3)

    async def scenario() -> list[int]:
        calls = [asyncio.create_task(call(own, "/api/v1/logs", asyncio.Event())) for _ in range(5)]
        while sum(each.done() for each in calls) < 2:
            await asyncio.sleep(0.01)
        refused = [each.result()[0]["status"] for each in calls if each.done()]
        slow.may_end.set()
        await asyncio.wait(calls, timeout=10)
        return refused

    assert asyncio.run(scenario()) == [429, 429]


def test_all_questions_of_a_request_share_one_limit_of_time() -> None:
    engine = SlowEngine()
    engine.may_end.set()
    store = asking.PatientStore(engine, 0.0)  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match="shorter window"):
        store.query("SELECT 1")
