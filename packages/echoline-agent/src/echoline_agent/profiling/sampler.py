"""The CPU sampler of a process: a timer signal on its main thread, a thread of ours for the others."""

import random
import sys
import threading
import time
from types import FrameType

from echoline_agent.budget import BUDGET, Budget, Part
from echoline_agent.guard import failed, guard
from echoline_agent.loud import say
from echoline_agent.profiling.other_threads import IS_AVAILABLE, OURS, OtherThreads, thread_name
from echoline_agent.profiling.running_spans import RunningSpans, own_span
from echoline_agent.profiling.samples import Place, Room, Sample
from echoline_agent.profiling.stacks import Functions
from echoline_agent.profiling.timer import ProfilingTimer

PERIOD_S = 0.02
"""About 50 times a second of CPU, and never twice the same wait: tasks that take turns would march in step with it."""

# A child that execs soon after its fork must not take a running timer along: subprocess with preexec_fn does so, in C.
AFTER_FORK_S = 0.5
_WATCH_S = 1.0


class Sampler:
    """Takes samples of CPU time into `room`, from `start` until `stop`; goes on in forked children."""

    def __init__(self, room: Room, budget: Budget = BUDGET, period_s: float = PERIOD_S) -> None:
        self.room = room
        self._budget = budget
        self._part: Part = budget.part("profiling")
        self._functions = Functions()
        self._spans = RunningSpans()
        self.timer = ProfilingTimer(period_s, self._hit)
        self.others = OtherThreads(self._functions, room.add, self._spans.of_thread, period_s)
        self._main_ns = 0
        self._hits_ns = 0
        self._main_name = ""
        self._failure: Exception | None = None
        # Our own: the program may have seeded the one that all share.
        self._random = random.Random()  # noqa: S311
        self._ended = threading.Event()

    def start(self) -> None:
        """On the main thread, if at all possible: only there can the timer's signal be caught."""
        refusal = self.timer.install()
        if refusal is not None:
            say(f"CPU of the main thread is sampled approximately: {refusal}")
        self._spans.watch()
        self._begin(0.0)

    def renew(self) -> None:
        """In a forked child: timer and thread stayed behind in the parent, and so does what they saw."""
        self.room.clear()
        self.others = OtherThreads(self._functions, self.room.add, self._spans.of_thread, self.timer.period_s)
        self._begin(AFTER_FORK_S)

    def stop(self) -> None:
        """Stops for good. At exit this must happen: the interpreter takes its handlers away, the timer would kill."""
        self._ended.set()
        self.timer.stop()

    def _begin(self, after_s: float) -> None:
        self._ended = threading.Event()
        thread = threading.Thread(target=self._run, args=(self._ended, after_s), name=f"{OURS}sampler", daemon=True)
        thread.start()

    @guard("profiling")
    def _run(self, ended: threading.Event, after_s: float) -> None:
        if ended.wait(after_s):
            return
        self._main_name = thread_name(threading.main_thread().name)
        if IS_AVAILABLE and (main := threading.main_thread().ident) is not None:
            self._main_ns = time.clock_gettime_ns(time.pthread_getcpuclockid(main))
        self.timer.start()
        wait_s, watched_s = self.timer.period_s, time.monotonic()
        while True:
            # Not `ended.wait`: it costs several times as much, and nobody waits for this thread.
            time.sleep(wait_s * self._spread())
            if ended.is_set():
                return
            if time.monotonic() - watched_s > _WATCH_S:
                watched_s = time.monotonic()
                self._watch()
            wait_s = (self._look() if self._part.is_open and IS_AVAILABLE else None) or _WATCH_S

    @guard("profiling")
    def _look(self) -> float:
        began = time.thread_time()
        self.others.is_main_sampled = not self.timer.is_ours
        wait_s = self.others.look()
        self._budget.spend(self._part, time.thread_time() - began)
        return wait_s

    @guard("profiling")
    def _watch(self) -> None:
        spent_ns, self._hits_ns = self._hits_ns, 0
        self._budget.spend(self._part, spent_ns / 1e9)
        if self._failure is not None:
            failed("profiling", self._failure)
            self._failure = None
        self._spans.forget(sys._current_frames())  # noqa: SLF001 - documented
        if self.timer.was_taken_away():
            say("something else now uses SIGPROF: CPU of the main thread is sampled approximately from here on")

    def _spread(self) -> float:
        return 0.5 + self._random.random()

    def _hit(self, _signum: int, frame: FrameType | None) -> None:
        # No lock and no output in here: the main thread may hold either.
        began_ns = time.thread_time_ns()
        try:
            if self._part.is_open:
                place = Place(self._functions.stack(frame), own_span(), self._main_name, is_approximate=False)
                # The thread that starts us may set the mark while the first signal is handled.
                self.room.add(Sample(place, max(0, began_ns - self._main_ns)))
        except Exception as error:  # noqa: BLE001 - a handler runs between any two instructions of the program
            self._failure = error
        self.timer.spread(self._spread())
        # Without what taking it cost. Other threads share the timer: a hit weighs what this thread spent.
        self._main_ns = time.thread_time_ns()
        self._hits_ns += self._main_ns - began_ns
