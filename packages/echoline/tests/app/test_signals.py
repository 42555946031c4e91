import os
import signal
import subprocess
import sys
import time

from echoline.app.signals import caught


def test_a_signal_ends_the_wait_and_not_the_process() -> None:
    with caught() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        assert signals.wait(5.0) == {signal.SIGTERM}
        assert not signals.wait_for_end(0.0)


def test_the_end_of_a_child_wakes_up_without_asking_for_the_end() -> None:
    with caught() as signals:
        child = subprocess.Popen([sys.executable, "-c", ""])
        began_s = time.monotonic()
        assert not signals.wait_for_end(20.0)
        assert time.monotonic() - began_s < 15.0
        assert child.wait() == 0


def test_afterwards_signals_do_what_they_did_before() -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    with caught():
        assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] != before
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == before
