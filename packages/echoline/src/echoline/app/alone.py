"""Runs one process by hand, without a supervisor: `echoline receive`, `serve`, `engine`."""

import os
from importlib.metadata import version
from pathlib import Path

from echoline.app import data_dir
from echoline.app.children import Main, Ready
from echoline.app.listeners import RUN_FILE, Running
from echoline.config import Settings


def alone(name: str, main: Main, settings: Settings, ready_file: Path | None = None) -> int:
    """Runs until the process function ends, which ends on SIGINT and SIGTERM; tells on stdout where it listens.

    Commands find a `serve` by run.json, as they find one of `up`. Raises what the process function raises.
    """
    written: list[Path] = []

    def tell(ready: Ready) -> None:
        running = Running(version("echoline"), settings.data_dir).joined_by(name, os.getpid(), ready)
        if name == "serve":
            written.append(settings.data_dir / RUN_FILE)
        for path in (*written, *([ready_file] if ready_file else ())):
            running.write(path)
        print("\n".join([f"echoline {name}, data in {settings.data_dir}", *running.lines()]), flush=True)

    data_dir.prepare(settings.data_dir)
    try:
        main(settings, 0, tell)
    finally:
        for path in written:
            path.unlink(missing_ok=True)
    return 0
