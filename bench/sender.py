"""A sender in a process of its own: prepared requests over several kept connections, each answer timed.

    python bench/sender.py URL REQUESTS [--connections 8] [--rate PER_S] [--signal S] [--spread-s S] [--header K=V]

Prints `ready` when the requests are made, waits for a line on stdin, sends, and prints one line of JSON:
requests, acknowledged, seconds, and the times of the answers in ms.
"""

import argparse
import http.client
import json
import sys
import threading
import time
import urllib.parse
from dataclasses import dataclass, field

import numpy as np

import bodies

HEADERS = {"content-type": "application/x-protobuf", "content-encoding": "gzip"}


@dataclass
class Sending:
    """Requests still to send, shared by the connections, and what came back."""

    url: urllib.parse.SplitResult
    headers: dict[str, str]
    waiting: list[bytes]
    rate: float
    began_s: float = 0.0
    taken: int = 0
    answers_ms: list[float] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """One connection: takes the next request when it is due, sends it, until there are none."""
        connection = http.client.HTTPConnection(self.url.hostname or "127.0.0.1", self.url.port, timeout=300)
        while (body := self._next()) is not None:
            before = time.perf_counter()
            connection.request("POST", self.url.path, body, self.headers)
            answer = connection.getresponse()
            answer.read()
            took_ms = (time.perf_counter() - before) * 1e3
            with self.lock:
                if answer.status == 200:
                    self.answers_ms.append(took_ms)
                else:
                    self.refused[answer.status] = self.refused.get(answer.status, 0) + 1

    def _next(self) -> bytes | None:
        with self.lock:
            if not self.waiting:
                return None
            due_s = self.began_s + self.taken * bodies.SPANS / self.rate if self.rate else 0.0
            self.taken += 1
            body = self.waiting.pop()
        time.sleep(max(0.0, due_s - time.perf_counter()))
        return body


def main() -> None:
    """Reads the arguments, prepares, waits, sends, reports."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("requests", type=int)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--signal", default="traces")
    parser.add_argument("--spread-s", type=float, default=0.0)
    parser.add_argument("--header", action="append", default=[])
    given = parser.parse_args()
    headers = HEADERS | dict(header.split("=", 1) for header in given.header)
    waiting = list(bodies.gzipped(given.requests, given.signal, seed=given.seed, spread_s=given.spread_s))
    sending = Sending(urllib.parse.urlsplit(given.url), headers, waiting, given.rate)
    print("ready", flush=True)
    sys.stdin.readline()
    sending.began_s = time.perf_counter()
    threads = [threading.Thread(target=sending.run) for _ in range(given.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    p50, p99 = np.percentile(sending.answers_ms or [float("nan")], (50, 99))
    report = {
        "acknowledged": len(sending.answers_ms),
        "refused": sending.refused,
        "seconds": time.perf_counter() - sending.began_s,
        "ack_p50_ms": p50,
        "ack_p99_ms": p99,
    }
    print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main()
