"""What a process and all its descendants cost: CPU seconds by command, and memory as PSS."""

import threading
from collections import defaultdict
from pathlib import Path

import psutil


def cpu_seconds(pid: int) -> dict[int, float]:
    """User and system time so far, by process id, of the process and its living descendants."""
    spent = {}
    for process in _tree(pid):
        try:
            times = process.cpu_times()
            spent[process.pid] = times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return spent


def pss_bytes(pid: int) -> int:
    """Proportional set size of the whole tree: shared pages counted once."""
    total = 0
    for process in _tree(pid):
        try:
            text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
    return total


class PeakMemory:
    """Looks at the tree's memory twice a second until it is closed; `peak_bytes` is the most it saw."""

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self._pid = pid
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._closed.wait(0.5):
            self.peak_bytes = max(self.peak_bytes, pss_bytes(self._pid))


def spent_between(before: dict[int, float], after: dict[int, float]) -> dict[int, float]:
    """CPU seconds by process id between two looks; a process that is gone by the second one counts nothing."""
    spent: dict[int, float] = defaultdict(float)
    for pid, seconds in after.items():
        spent[pid] = seconds - before.get(pid, 0.0)
    return dict(spent)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
