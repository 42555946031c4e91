"""The sampler charges CPU to whoever spent it, in real processes with known truth."""

import json
from pathlib import Path

import pytest

from profiling_receiver import ATTACHED, program, receiving, run

BLOCKS = (
    ATTACHED
    + """
block_s, total_s = float(sys.argv[1]) / 1000, float(sys.argv[2])

def blocks():
    spent = 0.0
    while spent < total_s:
        began = time.thread_time()
        burn_until(began + block_s)
        spent += time.thread_time() - began
        ask()

tracer = attached()
time.sleep(0.3)
with tracer.start_as_current_span("checkout") as span:
    blocks()
print(format(span.get_span_context().trace_id, "032x"), format(span.get_span_context().span_id, "016x"))
"""
)


@pytest.mark.parametrize("block_ms", ["0.5", "2", "20"])
def test_blocks_between_io_calls_are_charged_to_their_function(tmp_path: Path, block_ms: str) -> None:
    """At least 90 % of the truth; a sampling thread would charge almost nothing at 0.5 and 2 ms."""
    with receiving() as receiver:
        done = run(program(tmp_path, BLOCKS), receiver, block_ms, "3")
    assert done.returncode == 0, done.stderr
    right = receiver.cpu_ns()["shop.burn_until"]
    assert 2.7e9 <= right <= 3.3e9
    of_blocks = receiver.cpu_under_ns("shop.blocks") - receiver.cpu_ns()["shop.ask"]
    assert right / of_blocks >= 0.9
    assert {each.is_approximate for each in receiver.samples if "shop.blocks" in each.functions} == {False}


def test_samples_carry_span_resource_and_place(tmp_path: Path) -> None:
    file = program(tmp_path, BLOCKS)
    with receiving() as receiver:
        done = run(file, receiver, "20", "0.5")
    trace_id, span_id = done.stdout.split()
    one = next(each for each in receiver.samples if each.functions[0] == "shop.burn_until")
    assert (one.trace_id, one.span_id) == (trace_id, span_id)
    assert one.functions[-3:] == ("shop.burn_until", "shop.blocks", "shop.<module>")
    assert set(one.files) == {str(file)}
    assert file.read_text().splitlines()[one.lines[1] - 1].strip() == "burn_until(began + block_s)"
    assert (one.resource["service.name"], one.resource["service.version"]) == ("shop", "1.2")
    assert one.attributes == {"thread.name": "MainThread"}


THREADS = (
    ATTACHED
    + """
import json
SPENT = {}

def work(total_s):
    with tracer.start_as_current_span(threading.current_thread().name):
        while time.thread_time() < total_s:
            burn_until(min(time.thread_time() + 0.004, total_s))
            ask_alone()
    SPENT[threading.current_thread().name] = time.thread_time()

def ask_alone():
    near, far = socket.socketpair()
    with near, far:
        far.send(b"x")
        near.recv(1)

tracer = attached()
time.sleep(0.3)
threads = [threading.Thread(target=work, args=(float(each),), name=name) for name, each in zip("ab", sys.argv[1:])]
for each in threads: each.start()
for each in threads: each.join()
time.sleep(0.5)
print(json.dumps(SPENT))
"""
)


def test_totals_of_other_threads_are_right_and_marked_approximate(tmp_path: Path) -> None:
    with receiving() as receiver:
        done = run(program(tmp_path, THREADS), receiver, "2.4", "0.8")
    assert done.returncode == 0, done.stderr
    truth_s = json.loads(done.stdout)
    for name, spent_s in truth_s.items():
        mine = [each for each in receiver.samples if each.attributes.get("thread.name") == name]
        assert sum(each.cpu_ns for each in mine) / 1e9 == pytest.approx(spent_s, rel=0.1)
        assert {each.is_approximate for each in mine} == {True}
        linked = sum(each.cpu_ns for each in mine if each.span_id != "0" * 16 and "shop.work" in each.functions)
        assert linked / 1e9 >= 0.9 * spent_s


def test_other_threads_are_not_charged_to_the_main_thread(tmp_path: Path) -> None:
    """They share the timer: its signal comes to a main thread that only waits."""
    with receiving() as receiver:
        run(program(tmp_path, THREADS), receiver, "1.0", "1.0")
    on_main = [each for each in receiver.samples if each.attributes.get("thread.name") == "MainThread"]
    assert sum(each.cpu_ns for each in on_main) < 0.3e9
