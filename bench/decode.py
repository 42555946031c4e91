"""What decoding costs: fast, slow and JSON, on the same spans of about 1 KB in the same run.

    .venv/bin/python bench/decode.py [--requests 24] [--rounds 7]

Shows items per CPU-second, CPU µs per item (the best of some rounds, gunzip included where there is any) and the speed
against the slow way of the same signal. Other programs on the machine move all figures together: trust the ratios.
"""

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import payloads
from echoline.config import LimitsConfig
from echoline.decoding import decode, decode_slowly, self_test
from echoline.decoding.compression import expand
from echoline.model.records import Encoding, Request, Signal, WireFormat

TESTS = Path(__file__).parents[1] / "packages" / "echoline" / "tests"
ITEMS = 512
BUDGET_US = 3.0
LIMITS = LimitsConfig()
MAKE: dict[Signal, Callable[[int, int], bytes]] = {
    "traces": payloads.traces,
    "logs": payloads.logs,
    "metrics": payloads.metrics,
}


@dataclass(frozen=True)
class Measured:
    """One way of decoding one signal."""

    name: str
    us_per_item: float
    slow_us: float

    def row(self) -> str:
        ratio = self.slow_us / self.us_per_item
        return f"{self.name:38} {1e6 / self.us_per_item:>12,.0f} {self.us_per_item:>8.2f} {ratio:>8.1f}x"


def main() -> None:
    """Measures all ways of all signals and prints a table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--requests", type=int, default=24, help="requests of 512 items in a call")
    arguments.add_argument("--rounds", type=int, default=7)
    given = arguments.parse_args()
    if self_test():
        sys.exit(f"the fast way is out of use: {self_test()}")
    print(f"{given.requests} requests of {ITEMS} items in a call\n")
    print(f"{'':38} {'items/CPU-s':>12} {'µs/item':>8} {'vs slow':>9}")
    for signal in MAKE:
        for measured in measure(signal, given.requests, given.rounds):
            print(measured.row())
    print(f"\nbudget of a span of 1 KB, gunzip and decode: {BUDGET_US} µs")


def measure(signal: Signal, count: int, rounds: int) -> Iterator[Measured]:
    """The ways of one signal, the slow one first, in calls of `count` requests (the slow ones and JSON: fewer)."""
    bodies = [MAKE[signal](ITEMS, seed) for seed in range(count)]
    size = sum(map(len, bodies)) / count / ITEMS
    plain, packed = (requests(signal, bodies, encoding=encoding) for encoding in ("identity", "gzip"))
    written = requests(signal, [as_json(signal, body) for body in bodies[:8]], wire_format="json")
    slow_us = best(lambda: decode_slowly(signal, plain[:4], LIMITS, 1), 4, max(2, rounds // 3))
    yield Measured(f"{signal} ({size:.0f} bytes) slow", slow_us, slow_us)
    yield Measured(f"{signal} fast", best(lambda: decode(signal, plain, LIMITS, 1), count, rounds), slow_us)
    gunzip_us = best(lambda: [len(expand(request, 1 << 30)) for request in packed], count, rounds)
    yield Measured(f"{signal} gunzip alone", gunzip_us, slow_us)
    yield Measured(f"{signal} gunzip and fast", best(lambda: decode(signal, packed, LIMITS, 1), count, rounds), slow_us)
    yield Measured(f"{signal} JSON", best(lambda: decode(signal, written, LIMITS, 1), len(written), rounds), slow_us)


def requests(
    signal: Signal, bodies: Sequence[bytes], wire_format: WireFormat = "protobuf", encoding: Encoding = "identity"
) -> list[Request]:
    """The bodies as a receiver hands them on."""
    packed = [gzip.compress(body, 6) if encoding == "gzip" else body for body in bodies]
    return [Request(signal, wire_format, encoding, body, 1) for body in packed]


def as_json(signal: Signal, body: bytes) -> bytes:
    """The body as a sender of OTLP/JSON writes it."""
    sys.path.insert(0, str(TESTS))
    import otlp_json_bodies

    return json.dumps(otlp_json_bodies.as_json(signal, body), separators=(",", ":")).encode()


def best(work: Callable[[], object], count: int, rounds: int) -> float:
    """CPU µs per item of the best round; the first call warms up and is not counted."""
    work()
    seconds = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return min(seconds) / (count * ITEMS) * 1e6


if __name__ == "__main__":
    main()
