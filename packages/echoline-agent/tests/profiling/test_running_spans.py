"""CPU finds its span on tasks, in loops of other threads and in pools that run work in a copied context."""

from pathlib import Path

import pytest

from profiling_receiver import ATTACHED, Charged, program, python, receiving, run

BURN = """
import asyncio, contextvars
tracer = attached()
time.sleep(0.3)

def burn(name):
    began = time.thread_time()
    while time.thread_time() - began < 0.5:
        pass

def in_span(name):
    return tracer.start_as_current_span(name)

def told(name, span):
    print(name, format(span.get_span_context().span_id, "016x"))
"""

ON_MAIN = """
async def one(name):
    with in_span(name) as span:
        told(name, span)
        for number in range(200):
            # Of changing length, or the timer would march in step with one of the two.
            burn_until(time.thread_time() + 0.001 * (1 + number * 7 % 13))
            await asyncio.sleep(0)

async def both():
    await asyncio.gather(one("left"), one("right"))
"""


def linked(tmp_path: Path, text: str, interpreter: str) -> dict[str, float]:
    """CPU seconds by the name of the span that they are linked to; whatever was in no span is under the empty name."""
    with receiving() as receiver:
        done = run(program(tmp_path, ATTACHED + BURN + text), receiver, interpreter=interpreter)
    assert done.returncode == 0, done.stderr
    names = {span_id: name for name, span_id in (line.split() for line in done.stdout.splitlines())}
    found: dict[str, float] = {}
    for each in receiver.samples:
        if is_burning(each):
            name = names.get(each.span_id, "")
            found[name] = found.get(name, 0.0) + each.cpu_ns / 1e9
    return found


def is_burning(sample: Charged) -> bool:
    return bool({"shop.burn", "shop.burn_until"} & set(sample.functions))


def anyhow() -> str:
    return python("3.11", "3.12", "3.13", "3.14")


def test_tasks_on_the_main_thread_have_their_own_spans(tmp_path: Path) -> None:
    found = linked(tmp_path, ON_MAIN + "asyncio.run(both())", anyhow())
    assert found.pop("", 0.0) < 0.1
    assert found == {"left": pytest.approx(1.4, rel=0.2), "right": pytest.approx(1.4, rel=0.2)}


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_tasks_of_a_loop_on_another_thread_have_their_own_spans(tmp_path: Path, version: str) -> None:
    text = ON_MAIN + "thread = threading.Thread(target=lambda: asyncio.run(both()))\nthread.start(); thread.join()"
    found = linked(tmp_path, text, python(version))
    assert found.pop("", 0.0) < 0.3
    assert set(found) == {"left", "right"}
    assert sum(found.values()) > 2.2


POOLS = {
    "anyio": "import anyio.to_thread\nrun = anyio.to_thread.run_sync",
    "asgiref": "from asgiref.sync import sync_to_async as s\nrun = lambda f, *a: s(f, thread_sensitive=False)(*a)",
    "asyncio": "run = asyncio.to_thread",
}


@pytest.mark.parametrize("pool", POOLS)
def test_work_in_a_pool_belongs_to_the_span_that_asked(tmp_path: Path, pool: str) -> None:
    """Nobody attaches a context there: without a look at the frames of the pool the work before would get it."""
    text = f"""
{POOLS[pool]}

def work(name):
    burn(name)
    with in_span("inner"):
        pass
    burn(name)

async def one(name):
    with in_span(name) as span:
        told(name, span)
        await run(work, name)

async def both():
    await one("first")
    await one("second")
    await run(burn, "none")

asyncio.run(both())
"""
    found = linked(tmp_path, text, anyhow())
    assert found["first"] == pytest.approx(1.0, rel=0.15)
    assert found["second"] == pytest.approx(1.0, rel=0.15)
    assert found[""] == pytest.approx(0.5, rel=0.2)


def test_a_span_that_has_ended_gets_nothing_more(tmp_path: Path) -> None:
    text = """
def work():
    context = trace.set_span_in_context(tracer.start_span("gone"))
    contexts.attach(context)
    trace.get_current_span().end()
    burn("none")

from opentelemetry import context as contexts, trace
thread = threading.Thread(target=work)
thread.start(); thread.join()
"""
    assert set(linked(tmp_path, text, anyhow())) == {""}
