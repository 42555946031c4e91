"""Runs the applications of `programs/`, alone or with the agent inside, and reads what they say of their spans."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from launching import environment, injecting
from otlp_sink import Sink

PROGRAMS = Path(__file__).parent / "programs"


def answers(program: str, sink: Sink | None = None) -> dict[str, Any]:
    """Statuses and spans of one run; with a sink under `echoline-agent run`, else as `driven.py` does it itself."""
    command = ("python", str(PROGRAMS / "driven.py"), program)
    done = subprocess.run(
        injecting(command) if sink else [sys.executable, *command[1:]],
        env=environment(sink),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer | {"program": program, "said": [line for line in done.stderr.splitlines() if "echoline:" in line]}
