"""Whoever gets SIGPROF without a handler dies of it: forks, execs, handlers of others and the end of the program."""

from pathlib import Path

import pytest

from profiling_receiver import ATTACHED, Receiver, program, receiving, run

SPIN = """
def spin(s):
    burn_until(time.thread_time() + s)
"""

BUSY_END = """
class Last:
    def __del__(self):
        spin(0.3)

attached()
spin(0.2)
last = Last()
sys.exit(3)
"""


def ran(tmp_path: Path, text: str) -> tuple[Receiver, str, str]:
    with receiving() as receiver:
        done = run(program(tmp_path, ATTACHED + SPIN + text), receiver)
    assert done.returncode == 0, (done.returncode, done.stderr)
    return receiver, done.stdout, done.stderr


def test_a_forked_child_is_sampled_too(tmp_path: Path) -> None:
    receiver, _, _ = ran(
        tmp_path,
        """
def child_work():
    time.sleep(0.8)
    spin(1.0)

attached()
if os.fork() == 0:
    child_work()
    sys.exit(0)
os.wait()
""",
    )
    assert receiver.cpu_under_ns("shop.child_work") == pytest.approx(1e9, rel=0.15)


def test_the_program_after_exec_lives(tmp_path: Path) -> None:
    after = "import time; e = time.time() + 1\nwhile time.time() < e: pass\nprint('lives')"
    _, printed, _ = ran(
        tmp_path, f"attached(); time.sleep(0.2); spin(0.1); os.execv(sys.executable, [sys.executable, '-c', {after!r}])"
    )
    assert printed == "lives\n"


def test_sampling_goes_on_after_an_exec_that_failed(tmp_path: Path) -> None:
    receiver, _, _ = ran(
        tmp_path,
        """
def after_failure():
    spin(0.6)

attached()
time.sleep(0.2)
try:
    os.execv("/nonexistent/program", ["program"])
except OSError:
    pass
after_failure()
""",
    )
    assert receiver.cpu_under_ns("shop.after_failure") > 0.4e9


def test_no_audit_hook_makes_frames_dear(tmp_path: Path) -> None:
    """One hook in Python costs everybody who reads `f_code`: a span's function is found by that."""
    _, printed, _ = ran(
        tmp_path,
        """
attached()
def best():
    frame, began = sys._getframe(), time.perf_counter()
    for _ in range(20_000): frame.f_code
    return (time.perf_counter() - began) / 20_000
print(min(best() for _ in range(7)))
""",
    )
    assert float(printed) < 0.6e-6


def test_a_child_that_execs_out_of_preexec_lives(tmp_path: Path) -> None:
    """subprocess forks, calls Python's fork hooks for `preexec_fn`, and execs in C."""
    _, printed, _ = ran(
        tmp_path,
        """
import subprocess
attached()
time.sleep(0.2)
code = "import time; e = time.time() + 1\\nwhile time.time() < e: pass\\nprint('lives')"
done = subprocess.run([sys.executable, "-c", code], preexec_fn=lambda: time.sleep(0.1), capture_output=True, text=True)
print(done.returncode, done.stdout.strip())
""",
    )
    assert printed == "0 lives\n"


def test_a_foreign_handler_stays_and_is_told_once(tmp_path: Path) -> None:
    receiver, printed, said = ran(
        tmp_path,
        """
hits = []
signal.signal(signal.SIGPROF, lambda *_: hits.append(1))
signal.setitimer(signal.ITIMER_PROF, 0.05, 0.05)
attached()
spin(1.0)
signal.setitimer(signal.ITIMER_PROF, 0)
print(len(hits) > 5)
""",
    )
    assert printed == "True\n"
    assert said.count("something else uses SIGPROF") == 1
    assert receiver.cpu_under_ns("shop.spin") == pytest.approx(1e9, rel=0.2)
    assert all(each.is_approximate for each in receiver.samples)


def test_a_handler_that_comes_later_takes_over(tmp_path: Path) -> None:
    _, printed, said = ran(
        tmp_path,
        """
attached()
spin(0.3)
signal.signal(signal.SIGPROF, signal.SIG_DFL)
spin(0.3)
hits = []
signal.signal(signal.SIGPROF, lambda *_: hits.append(1))
signal.setitimer(signal.ITIMER_PROF, 0.05, 0.05)
spin(1.5)
time.sleep(1.2)
signal.setitimer(signal.ITIMER_PROF, 0)
print(len(hits) > 10)
""",
    )
    assert printed == "True\n"
    assert said.count("something else now uses SIGPROF") == 1


def test_a_program_ends_with_its_own_exit_code_while_busy(tmp_path: Path) -> None:
    with receiving() as receiver:
        done = run(program(tmp_path, ATTACHED + SPIN + BUSY_END), receiver)
    assert (done.returncode, done.stderr.count("Profiling timer expired")) == (3, 0)


def test_system_calls_of_the_program_are_not_cut_short(tmp_path: Path) -> None:
    """A raw read by a C library, while another thread burns CPU: SIGPROF must not end it with EINTR."""
    _, printed, _ = ran(
        tmp_path,
        """
import ctypes
attached()
time.sleep(0.2)
libc = ctypes.CDLL(None, use_errno=True)
reading, writing = os.pipe()
threading.Thread(target=lambda: (spin(1.0), os.write(writing, b"x"))).start()
buffer = ctypes.create_string_buffer(1)
print(libc.read(reading, buffer, 1), ctypes.get_errno())
""",
    )
    assert printed.startswith("1 ")
