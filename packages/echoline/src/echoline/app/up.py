"""`echoline up`: starts `receive` and `serve`, says where they listen, and keeps them running."""

import os
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from echoline import tokens_file
from echoline.app import data_dir, signals, sockets
from echoline.app.listeners import RUN_FILE, Running
from echoline.app.supervisor import Supervised, Supervisor
from echoline.config import Settings

PROCESSES = ("receive", "serve")
KILLED = 130


def up(
    settings: Settings,
    tell: Callable[[Running, float], None],
    ready_file: Path | None = None,
    tell_end: Callable[[], None] = lambda: None,
) -> int:
    """Runs until SIGINT, SIGTERM or SIGHUP, and ends what it started; a second one kills. Returns the exit code.

    `tell` gets what runs, and after how many seconds, when all is ready for the first time; `tell_end` is called when
    it was asked to end, which takes a while. Raises BadConfig when the data directory cannot be had or a process
    refuses its settings, Unavailable when one cannot start; nothing is left running then.
    """
    began_s = time.monotonic()
    if not settings.data_dir.exists():
        _check(settings)
    run_file = settings.data_dir / RUN_FILE
    files = [run_file, ready_file] if ready_file else [run_file]

    def note(running: Running) -> None:
        is_first = not run_file.exists()
        for path in files:
            running.write(path)
        if is_first:
            tell(running, time.monotonic() - began_s)
        else:
            print("echoline: all is running again, on the same ports", file=sys.stderr, flush=True)

    itself = Running(version("echoline"), settings.data_dir, processes={"up": os.getpid()})
    with data_dir.owned(settings.data_dir), signals.caught() as caught:
        run_file.unlink(missing_ok=True)  # of one that was killed
        supervisor = Supervisor(settings, itself, [Supervised(name) for name in PROCESSES], note)
        try:
            _supervise(supervisor, caught)
            tell_end()
        finally:
            run_file.unlink(missing_ok=True)
            is_clean = supervisor.end(caught)
    return 0 if is_clean else KILLED


def _check(settings: Settings) -> None:
    """Refuses what its processes would refuse, before there is a half-made data directory. Raises BadConfig."""
    for scope in ("ingest", "read"):
        tokens_file.check_reachable(settings, scope)
    for port, what in (("grpc_port", "OTLP/gRPC"), ("http_port", "OTLP/HTTP"), ("api_port", "API")):
        sockets.listening(settings.server, port, what).close()


def _supervise(supervisor: Supervisor, caught: signals.Signals) -> None:
    while True:
        supervisor.look(time.monotonic())
        # The death of a child ends the wait; its readiness does not.
        if caught.wait_for_end(2.0 if supervisor.is_settled else 0.02):
            return


def say(running: Running, after_s: float) -> None:
    """One line per listener, for a person."""
    print(f"Echoline {running.version}, data in {running.data_dir}")
    print("\n".join(running.lines()))
    print(f"Ready after {after_s:.1f} s. Ctrl-C ends it.", flush=True)


def up_for_a_person(settings: Settings, ready_file: Path | None = None) -> int:
    """`up`, and says on stdout what becomes of it."""
    code = up(settings, say, ready_file, _say_end)
    print("Stopped.", flush=True)
    return code


def _say_end() -> None:
    after_interrupt = "\n" if sys.stdout.isatty() else ""  # a terminal shows ^C
    print(f"{after_interrupt}Ending …", flush=True)
