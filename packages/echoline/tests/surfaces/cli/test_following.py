import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

import pytest

from echoline.errors import Unavailable
from echoline.surfaces.cli.client import Server
from echoline.surfaces.cli.following import follow


class Streams(Server):
    """A server whose connections give prepared bytes, one after the other; what was asked is in `asked`."""

    streams: list[bytes | Exception]
    asked: list[Any]

    def __init__(self, *streams: bytes | Exception) -> None:
        super().__init__("http://here")
        self.__dict__.update(streams=list(streams), asked=[])

    @contextmanager
    def opened(
        self, method: str, path: str, params: Any = None, body: object = None, timeout_s: float = 0
    ) -> Iterator[IO[bytes]]:
        self.asked.append(params)
        stream = self.streams.pop(0)
        if isinstance(stream, Exception):
            raise stream
        yield io.BytesIO(stream)

    def followed(self, **params: Any) -> tuple[list[tuple[str, bytes]], list[str]]:
        """Events until all streams are used, and the breaks that were told."""
        seen: list[tuple[str, bytes]] = []
        lost: list[str] = []

        def pause(_: float) -> None:
            if not self.streams:
                raise Over

        with suppress(Over):
            for event in follow(self, "logs/tail", params, lost.append, pause):
                seen.append(event)
        return seen, lost


class Over(Exception):
    """Ends what has no end."""


def test_events_have_a_name_and_data_and_comments_are_passed_over() -> None:
    stream = b'retry: 1000\n\nevent: log\ndata: {"a": 1}\n\n: nothing new\n\nevent: log\ndata: one\ndata: two\n\n'
    assert Streams(stream).followed()[0] == [("log", b'{"a": 1}'), ("log", b"one\ntwo")]


def test_after_a_break_it_goes_on_behind_the_last_id() -> None:
    server = Streams(b"event: log\ndata: a\n\nid: 7\nevent: log\ndata: b\n\nevent: log\ndata: half", b"data: c\n\n")
    seen, lost = server.followed(service="shop")
    assert [data for _, data in seen] == [b"a", b"b", b"c"]
    assert server.asked == [{"service": "shop", "after": None}, {"service": "shop", "after": "7"}]
    assert lost == ["the server ended the connection"] * 2


def test_a_server_that_goes_away_is_asked_again() -> None:
    seen, lost = Streams(b"data: a\n\n", Unavailable("away"), b"data: b\n\n").followed()
    assert [data for _, data in seen] == [b"a", b"b"]
    assert lost[1] == "away"


def test_a_server_that_never_answered_is_not() -> None:
    with pytest.raises(Unavailable, match="never there"):
        list(follow(Streams(Unavailable("never there")), "logs/tail", {}, lambda _: None))
