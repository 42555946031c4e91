"""Follows server-sent events, over breaks of the connection too."""

import http.client
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from echoline.errors import Busy, Unavailable
from echoline.surfaces.cli.client import Server

# The server says something every ten seconds.
SILENCE_S = 30.0
PAUSE_S = 1.0


@dataclass
class Event:
    """One event: its name and its data, as it was sent."""

    name: str = "message"
    data: list[bytes] = field(default_factory=list)


def follow(
    server: Server,
    path: str,
    params: Mapping[str, Any],
    lost: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[tuple[str, bytes]]:
    """Name and data of each event, without end; goes on behind the last id after a break, which `lost` is told of.

    Raises what the first connection raises: a server that has never answered is no break.
    """
    after: str | None = None
    has_answered = False
    while True:
        try:
            with server.opened("GET", path, {**params, "after": after}, timeout_s=SILENCE_S) as stream:
                has_answered = True
                for identifier, event in _events(stream):
                    after = identifier or after
                    yield event.name, b"\n".join(event.data)
            lost("the server ended the connection")
        except (Unavailable, Busy) as error:
            if not has_answered:
                raise
            lost(str(error))
        except (OSError, http.client.HTTPException) as error:
            lost(str(error) or type(error).__name__)
        sleep(PAUSE_S)


def _events(stream: IO[bytes]) -> Iterator[tuple[str, Event]]:
    """Events with the id that stands with them, "" for none; comments and unknown fields are passed over."""
    identifier, event = "", Event()
    for raw in stream:
        line = raw.rstrip(b"\r\n")
        if not line:
            if event.data:
                yield identifier, event
            identifier, event = "", Event()
            continue
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"id":
            identifier = value.decode("utf-8", "replace")
        elif name == b"event":
            event.name = value.decode("utf-8", "replace")
        elif name == b"data":
            event.data.append(value)
