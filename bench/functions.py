"""What naming the function of a span costs, beside the bare SDK in the same run.

    .venv/bin/python bench/functions.py [--rounds 300] [--spans 100]

A function of the program starts a span through so many frames of a library. Rounds with the bare SDK and with the agent
take turns, so that both see the same machine. CPU time of the thread, not the clock on the wall; on a busy machine that
grows too, for the caches are not ours alone, so the quietest tenth of the rounds is shown beside the medians.
"""

import argparse
import functools
import statistics
import sys
import sysconfig
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, Tracer

from echoline_agent import functions as agent_functions
from echoline_agent.budget import BUDGET
from echoline_agent.settings import AgentSettings

FRAMES = (1, 10, 18, 30)
AIMS_US = {1: 5.0, 10: 5.0, 18: 7.0}
LIBRARY = """
def through(frames, work):
    if frames > 1:
        through(frames - 1, work)
    else:
        work()
"""

SPANS = """
def work(tracer, spans, kind):
    for _ in range(spans):
        tracer.start_span("query", kind=kind).end()
"""

Through = Callable[[int, Callable[[], None]], None]


def library() -> Through:
    """A function that calls through so many frames of its own, in a file where libraries lie."""
    made: dict[str, Through] = {}
    code: CodeType = compile(LIBRARY, f"{sysconfig.get_path('purelib')}/deep/library.py", "exec")
    exec(code, made)
    return made["through"]


def spans_of(tracer: Tracer, spans: int, kind: SpanKind) -> Callable[[], None]:
    """Starts and ends so many spans; a library too, so that the stack below it is what counts."""
    made: dict[str, Callable[[Tracer, int, SpanKind], None]] = {}
    source = (
        "def work(tracer, spans, kind):\n    for _ in range(spans):\n        tracer.start_span('q', kind=kind).end()\n"
    )
    exec(compile(source, f"{sysconfig.get_path('purelib')}/deep/work.py", "exec"), made)
    # No lambda: that would be a function of the program, nearer than the one that counts.
    return functools.partial(made["work"], tracer, spans, kind)


def in_the_program(through: Through, frames: int, work: Callable[[], None]) -> float:
    """The first function of the program; the CPU seconds of what it caused."""
    start = time.thread_time()
    through(frames, work)
    return time.thread_time() - start


@dataclass(frozen=True)
class Cost:
    """µs a span: of the bare SDK and what the agent adds, as medians, and of the quietest tenth of the rounds."""

    bare_us: float
    added_us: float
    quiet_bare_us: float
    quiet_added_us: float


def compare(frames: int, spans: int, rounds: int, attached: TracerProvider, bare: TracerProvider) -> Cost:
    """What is added is the median difference of rounds that follow each other: the machine is busy for both."""
    through = library()
    # Minus the function that starts spans; the one of the program is no frame of a library.
    depth = max(frames - 2, 1)
    works = [spans_of(provider.get_tracer("bench"), spans, SpanKind.CLIENT) for provider in (bare, attached)]
    pairs = [[in_the_program(through, depth, work) / spans * 1e6 for work in works] for _ in range(rounds)]
    without, with_function = (sorted(seen) for seen in zip(*pairs, strict=True))
    quiet = max(rounds // 10, 1)
    quiet_bare = statistics.median(without[:quiet])
    return Cost(
        statistics.median(without),
        statistics.median(second - first for first, second in pairs),
        quiet_bare,
        statistics.median(with_function[:quiet]) - quiet_bare,
    )


def main() -> None:
    """Runs it, prints Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--spans", type=int, default=100)
    given = parser.parse_args()
    # Spending all its time here, it would be shut.
    BUDGET.share = 100.0
    bare, attached = TracerProvider(), TracerProvider()
    agent_functions.attach(attached, AgentSettings())
    unsampled = TracerProvider(sampler=ALWAYS_OFF)
    agent_functions.attach(unsampled, AgentSettings())
    print(f"Python {sys.version.split()[0]}, {given.rounds} rounds of {given.spans} spans\n")
    print("| frames | bare SDK µs a span | added µs | ratio | quietest tenth: bare | added µs | aim |")
    print("|---|---|---|---|---|---|---|")
    for frames in FRAMES:
        cost = compare(frames, given.spans, given.rounds, attached, bare)
        aim = f"≤ {AIMS_US[frames]:.0f}" if frames in AIMS_US else ""
        print(
            f"| {frames} | {cost.bare_us:.1f} | {cost.added_us:.1f} | {1 + cost.added_us / cost.bare_us:.2f} | "
            f"{cost.quiet_bare_us:.1f} | {cost.quiet_added_us:.1f} | {aim} |",
            flush=True,
        )
    off = TracerProvider(sampler=ALWAYS_OFF)
    cost = compare(10, given.spans, given.rounds, unsampled, off)
    print(f"\nNot sampled: {cost.bare_us:.1f} µs bare, {cost.added_us:.1f} µs more with the agent.")


if __name__ == "__main__":
    main()
