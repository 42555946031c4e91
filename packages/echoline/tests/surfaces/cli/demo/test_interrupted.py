"""A demo that is interrupted leaves nothing behind; examples/test_demo.py has the one that runs to its end."""

import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from echoline_process import command, environment


def _running(folder: Path) -> list[str]:
    """Processes that belong to a demo in this folder: each has it in its arguments or its environment."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        try:
            if str(folder) in process.environ().get("TMPDIR", ""):
                found.append(" ".join(process.info["cmdline"] or ()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


@pytest.mark.exclusive
@pytest.mark.parametrize("with_signal", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_an_interrupted_demo_leaves_nothing_behind(tmp_path: Path, with_signal: signal.Signals) -> None:
    demo = command("demo", "--seconds", "60")
    with subprocess.Popen(demo, env=environment(TMPDIR=str(tmp_path)), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        for line in process.stderr:
            if line.startswith("the shop is at"):
                break
        assert len(_running(tmp_path)) >= 6
        time.sleep(0.5)
        process.send_signal(with_signal)
        assert process.wait(60) == 130
        told = process.stderr.read()
        assert "Traceback" not in told
        assert told.endswith("all gone\n")
    assert _running(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
