"""The live tail: records as they come in, until the asker goes away."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from asking import Api, api_over, problem
from batches import NOW_NS, log
from echoline.errors import Unavailable
from echoline.surfaces.http_api import tailing
from kept import keep
from surfaces.http_api.test_leaving import call

if TYPE_CHECKING:
    from pathlib import Path

    from echoline.stores.engine import Engine


LOOKS = [0]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks often, and counts how often."""
    look, LOOKS[0] = tailing._look, 0

    def counted(*asked: Any) -> Any:
        found = look(*asked)
        LOOKS[0] += 1
        return found

    monkeypatch.setattr(tailing, "_look", counted)
    monkeypatch.setattr(tailing, "_POLL_S", 0.02)
    monkeypatch.setattr(tailing, "_PAUSE_S", 0.02)
    monkeypatch.setattr(tailing, "_ALIVE_S", 0.1)


def events(sent: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The events that were sent, without comments."""
    text = b"".join(message.get("body", b"") for message in sent).decode()
    blocks = [block for block in text.split("\n\n") if block and block[0] != ":"]
    found = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [block for block in found if "event" in block]


async def looked(times: int) -> None:
    """Waits until the tail has looked so often from now on."""
    until = LOOKS[0] + times
    while LOOKS[0] < until:
        await asyncio.sleep(0.01)


def followed(api: Api, engine: "Engine", path: str, *bodies: str) -> list[dict[str, str]]:
    async def scenario() -> list[dict[str, Any]]:
        leaves = asyncio.Event()
        asked = asyncio.create_task(call(api, path, leaves))
        await looked(1)
        for body in bodies:
            await asyncio.to_thread(keep, engine, "logs", log(body, time_ns=NOW_NS - len(body) * 10**9))
            await looked(2)
        leaves.set()
        return await asked

    return events(asyncio.run(asyncio.wait_for(scenario(), 60)))


def test_records_come_as_they_are_stored(engine: "Engine", folder: "Path") -> None:
    keep(engine, "logs", log("before"))
    with api_over(engine, folder) as api:
        found = followed(api, engine, "/api/v1/logs/tail", "one", "three")
    assert [(each["event"], json.loads(each["data"])["body"]) for each in found] == [("log", "one"), ("log", "three")]
    assert int(found[0]["id"]) < int(found[1]["id"])


def test_a_tail_goes_on_where_another_one_was(engine: "Engine", folder: "Path") -> None:
    with api_over(engine, folder) as api:
        first = followed(api, engine, "/api/v1/logs/tail", "one")
        keep(engine, "logs", log("meanwhile"))
        second = followed(api, engine, f"/api/v1/logs/tail?after={first[-1]['id']}")
    assert [json.loads(each["data"])["body"] for each in second] == ["meanwhile"]


def test_a_tail_can_be_narrowed(engine: "Engine", folder: "Path") -> None:
    with api_over(engine, folder) as api:
        found = followed(api, engine, "/api/v1/logs/tail?text=*hre*&service=shop", "one", "three")
    assert [json.loads(each["data"])["body"] for each in found] == ["three"]


def test_a_failure_is_told_and_tried_again(engine: "Engine", folder: "Path", monkeypatch: pytest.MonkeyPatch) -> None:
    failures, look = [Unavailable("the engine is away")], tailing._look

    def shaky(*asked: Any) -> Any:
        if failures:
            raise failures.pop()
        return look(*asked)

    monkeypatch.setattr(tailing, "_look", shaky)
    with api_over(engine, folder) as api:
        found = followed(api, engine, "/api/v1/logs/tail", "one")
    assert [each["event"] for each in found] == ["problem", "log"]


def test_too_many_tails_are_refused_and_closed_ones_make_room(
    engine: "Engine", folder: "Path", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailing, "MOST_TAILS", 0)
    with api_over(engine, folder) as api:
        assert "0 tails are open" in problem(api.get("logs/tail"), 429)
        monkeypatch.setattr(tailing, "MOST_TAILS", 1)
        for _ in range(2):
            assert len(followed(api, engine, "/api/v1/logs/tail", "one")) == 1


def test_a_bad_place_is_refused(own: Api) -> None:
    problem(own.get("logs/tail", headers={"last-event-id": "x"}), 400)
    problem(own.get("logs/tail", params={"after": -1}), 400)
