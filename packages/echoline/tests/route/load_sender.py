"""A program that sends all three signals as exporters do: python load_sender.py HTTP_URL GRPC_ADDRESS SEED.

Every body is sent until it is acknowledged, and now and then once more, as after an answer that got lost. When its
stdin ends, the program ends what it is at and prints how many items were acknowledged.
"""

import json
import random
import sys
import threading
import time
from dataclasses import asdict

from exactly_once import Sent, joined, unlike_others
from sending import Send, over_grpc, over_http

_NUMBERS = 1_000_000


def send(way: Send, place: int, seed: int, stop: threading.Event, sent: Sent) -> None:
    """Sends requests with numbers of its own until it is told to stop."""
    chance, number = random.Random(f"{seed} {place}"), place * _NUMBERS
    while not stop.is_set():
        number += 1
        signal, body, items = unlike_others(chance, number)
        while not way(body, signal):
            time.sleep(chance.uniform(0.005, 0.03))
        sent.add(signal, items)
        if chance.random() < 0.05:
            way(body, signal)
        time.sleep(chance.uniform(0, 0.08))


def main(http_url: str, grpc_address: str, seed: str) -> None:
    ways = [over_http(http_url, "gzip"), over_http(http_url, "zstd"), over_http(http_url), over_grpc(grpc_address)]
    stop, sent = threading.Event(), [Sent() for _ in ways]
    threads = [
        threading.Thread(target=send, args=(way, place, int(seed), stop, sent[place])) for place, way in enumerate(ways)
    ]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps(asdict(joined(sent))))


if __name__ == "__main__":
    main(*sys.argv[1:])
