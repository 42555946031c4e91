"""What redaction costs per span, and beside two well-known tools on the same texts.

    .venv/bin/python bench/redact.py [--batches 6] [--profile] [--peers]

Batches of some 40,000 spans of about 1 KB are decoded and normalised first, so that only redaction is measured. The
first batch is dearer than those after it: most of what repeats is remembered. The peers see every distinct text once;
they get patterns only (no language model), as a server that stores telemetry could afford.
"""

import argparse
import cProfile
import json
import pstats
import random
import subprocess
import time
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

import payloads
from echoline.config import LimitsConfig, RedactionConfig
from echoline.decoding import decode
from echoline.model.batch import Batch
from echoline.model.records import Request
from echoline.privacy.ruleset import ruleset
from echoline.privacy.scanner import Scanner
from echoline.processors.normalise import Normalise
from echoline.processors.redact import Redact
from peers import Peer, environment

REQUESTS, SPANS = 80, 512
SECRETS = (
    *("contact bob{n}@example.com today", "password=hunter{n}x", "client 203.0.113.{n}", "4111 1111" + " 1111 1111"),
    *("Authorization: Bearer abc{n}def456ghi789", "postgres://shop:pw{n}x@db/shop", "AKIA" + "IOSFODNN7EXAMPLE {n}"),
)
"""What every hundredth text carries for the peers' run: seven kinds that all three tools claim to know."""

PRESIDIO = """
import json, sys, time
from presidio_analyzer.predefined_recognizers import CreditCardRecognizer, EmailRecognizer, IpRecognizer
kinds = [CreditCardRecognizer(), EmailRecognizer(), IpRecognizer()]
texts = json.load(sys.stdin)
start, hits = time.process_time(), 0
for text in texts:
    hits += any(kind.analyze(text, kind.supported_entities, None) for kind in kinds)
print(json.dumps([hits, time.process_time() - start]))
"""
DETECT_SECRETS = """
import json, sys, time
from detect_secrets.core.scan import scan_line
from detect_secrets.settings import default_settings
texts = json.load(sys.stdin)
start, hits = time.process_time(), 0
with default_settings():
    for text in texts:
        hits += any(True for _ in scan_line(text))
print(json.dumps([hits, time.process_time() - start]))
"""
PEERS = (
    (Peer("presidio-analyzer", "presidio-analyzer==2.2.*", lambda *_: []), PRESIDIO),
    (Peer("detect-secrets", "detect-secrets==1.5.0", lambda *_: []), DETECT_SECRETS),
)


def batch(seed: int) -> Batch:
    """About 40,000 spans, decoded and normalised; another seed has other ids, addresses and numbers."""
    bodies = [payloads.traces(SPANS, seed * REQUESTS + number) for number in range(REQUESTS)]
    requests = [Request("traces", "protobuf", "identity", body, payloads.NOW_NS) for body in bodies]
    return Normalise().process(decode("traces", requests, LimitsConfig(), payloads.NOW_NS).batch)


def texts(batch: Batch) -> Iterator[str]:
    """The distinct texts of a batch, as redaction sees them."""
    yield from pc.unique(batch.pool.values).to_pylist()
    for part in batch.parts.values():
        for column in part.columns.columns:
            if pa.types.is_dictionary(column.type):
                yield from pc.unique(column.combine_chunks().dictionary).to_pylist()


def measure(batches: int, *, is_profiled: bool) -> None:
    """Prints CPU per span of each batch, and where the last one spends it."""
    redact = Redact()
    print("| batch | spans | entries of the pool | hits | CPU µs a span |\n|---|---|---|---|---|")
    for seed in range(batches):
        made = batch(seed)
        profile = cProfile.Profile()
        if is_profiled and seed == batches - 1:
            profile.enable()
        start = time.process_time()
        _, hits = redact.counted(made)
        cpu_us = (time.process_time() - start) / len(made) * 1e6
        profile.disable()
        print(
            f"| {seed + 1} | {len(made):,} | {len(made.pool):,} | {sum(hits.values()):,} | {cpu_us:.2f} |", flush=True
        )
    if is_profiled:
        pstats.Stats(profile).sort_stats("tottime").print_stats(15)


def compare(limit: int) -> None:
    """Prints what we and the peers find in the same texts, and how fast."""
    found = list(texts(batch(1)))
    sample = random.Random(1).sample(found, min(limit, len(found)))
    planted = 0
    for row in range(0, len(sample), 100):
        sample[row] = SECRETS[planted % len(SECRETS)].format(n=planted % 200)
        planted += 1
    scanner = Scanner(ruleset(RedactionConfig(), b""))
    start = time.process_time()
    column = pa.array(sample, pa.string())
    hits = len(scanner.scan(column).findings(column))
    rows = [("Echoline, 12 kinds", hits, time.process_time() - start)]
    for peer, script in PEERS:
        python = str(environment(peer) / "bin/python")
        answer = subprocess.run(
            [python, "-c", script], input=json.dumps(sample), capture_output=True, text=True, check=True
        )
        rows.append((peer.name, *json.loads(answer.stdout.splitlines()[-1])))
    print(f"\n{len(sample):,} distinct texts, {planted:,} with a planted secret\n")
    print("| tool | texts with hits | texts per CPU-second |\n|---|---|---|")
    for name, count, seconds in rows:
        print(f"| {name} | {count:,} | {len(sample) / seconds:,.0f} |")


def main() -> None:
    """Runs it, prints Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=6)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--texts", type=int, default=20_000, help="texts for all three tools")
    given = parser.parse_args()
    measure(given.batches, is_profiled=given.profile)
    if given.peers:
        compare(given.texts)


if __name__ == "__main__":
    main()
