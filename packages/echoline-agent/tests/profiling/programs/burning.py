"""A function that burns CPU in blocks of a millisecond, as applications and tasks do between their I/O."""

import time


def burn(total_s: float) -> str:
    spent = 0.0
    while spent < total_s:
        began = time.thread_time()
        while time.thread_time() - began < 0.001:
            pass
        spent += time.thread_time() - began
        time.sleep(0.0002)
    return "burnt"
