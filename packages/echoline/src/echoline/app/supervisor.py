"""Keeps processes alive: starts them anew when they die, with growing pauses, and ends them together."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from echoline.app.children import READY_TIMEOUT_S, Child, launch
from echoline.app.listeners import Running, pinned
from echoline.app.signals import Signals
from echoline.config import Settings
from echoline.errors import EcholineError, Unavailable

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 15.0
# After such a life the pauses begin anew.
STEADY_AFTER_S = 30.0
ENDING_TIMEOUT_S = 20.0


@dataclass
class Supervised:
    """One process over all its lives. `due_s` is when it is started next, while there is no child."""

    name: str
    child: Child | None = None
    is_ready: bool = False
    started_s: float = 0.0
    deaths: int = 0
    due_s: float = 0.0


@dataclass
class Supervisor:
    """Looks after `processes`; `tell` gets what is running each time all of them are ready."""

    settings: Settings
    running: Running
    processes: list[Supervised]
    tell: Callable[[Running], None]
    launch: Callable[[str, Settings], Child] = launch

    @property
    def is_settled(self) -> bool:
        """Nothing is starting or waiting to be started."""
        return all(each.is_ready for each in self.processes)

    def look(self, now_s: float) -> None:
        """Starts what is due, and takes note of what became ready or died.

        Raises a child's own BadConfig or Unavailable when its very first start fails; later ones are tried again.
        """
        for each in self.processes:
            if each.child is None:
                if now_s >= each.due_s:
                    each.child, each.started_s = self.launch(each.name, self.settings), now_s
            elif not each.is_ready:
                self._look_at_start(each, each.child, now_s)
            elif not each.child.is_alive:
                self._bury(each, now_s, f"{each.name} ended with exit code {each.child.process.returncode}")

    def end(self, signals: Signals) -> bool:
        """Asks all to end and waits. False if they had to be killed: somebody asked again, or they took too long."""
        children = [each.child for each in self.processes if each.child]
        for child in children:
            child.process.terminate()
        until_s, is_patient = time.monotonic() + ENDING_TIMEOUT_S, True
        while is_patient and any(child.is_alive for child in children):
            is_patient = not signals.wait_for_end(0.1) and time.monotonic() < until_s
        for child in children:
            child.kill()
        return is_patient

    def _look_at_start(self, each: Supervised, child: Child, now_s: float) -> None:
        try:
            each.is_ready = child.has_become_ready()
            if not each.is_ready and now_s > each.started_s + READY_TIMEOUT_S:
                raise Unavailable(f"{each.name} was not ready within {READY_TIMEOUT_S:g} s")
        except EcholineError as error:
            if each.deaths == 0:
                raise
            self._bury(each, now_s, str(error))
            return
        if each.is_ready:
            self.running = self.running.joined_by(each.name, child.pid, child.ready)
            self.settings = pinned(self.settings, self.running.listeners)
            if self.is_settled:
                self.tell(self.running)

    def _bury(self, each: Supervised, now_s: float, why: str) -> None:
        each.deaths = 1 if now_s - each.started_s > STEADY_AFTER_S else each.deaths + 1
        pause_s = min(FIRST_PAUSE_S * 2 ** (each.deaths - 1), LONGEST_PAUSE_S)
        if each.child:
            each.child.kill()
        each.child, each.is_ready, each.due_s = None, False, now_s + pause_s
        print(f"echoline: {why}; starting it again in {pause_s:g} s", file=sys.stderr, flush=True)
